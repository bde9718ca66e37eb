using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Tests.Decoding;

/// <summary>On the real films, where they are at hand: in <c>XRAY_DATA</c>, or in <c>shared/data</c> beside the repository.</summary>
public sealed class RealFilmTests
{
    [Theory]
    [InlineData("originals", 24)]
    [InlineData("chest_xray/train/NORMAL", 12)]
    [InlineData("chest_xray/train/PNEUMONIA", 12)]
    public void Films_match_full_decode(string folder, int count)
    {
        var files = Find(folder);
        Assert.SkipWhen(files is [], "the real films are not here");

        var (squares, largest) = (0.0, 0);
        foreach (var file in files.Take(count))
        {
            var film = File.ReadAllBytes(file);
            var difference = Films.Difference(Films.Pixels(film, PreprocessingSpec.Default), Films.ReferencePixels(film, PreprocessingSpec.Default));
            squares += difference.RootMeanSquare * difference.RootMeanSquare / count;
            largest = Math.Max(largest, difference.Largest);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{folder}: root mean square {Math.Sqrt(squares):f3}, largest {largest}");
        Assert.InRange(Math.Sqrt(squares), 0, 0.5);
        Assert.InRange(largest, 0, 48); // at the sharp edges of lead letters
    }

    [Fact]
    public void Truncated_films_are_refused()
    {
        var files = Find("originals");
        Assert.SkipWhen(files is [], "the real films are not here");

        foreach (var film in files.Select(File.ReadAllBytes))
        {
            for (var end = 1024; end < film.Length; end += 64 * 1024) Assert.Equal(FilmRejection.Truncated, Films.Decode(film[..end]).Rejection);
        }
    }

    private static string[] Find(string folder)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (Existing(Path.Combine(at.FullName, "shared", "data", folder)) is { } beside) return beside;
        }
        return Environment.GetEnvironmentVariable("XRAY_DATA") is { } data && Existing(Path.Combine(data, folder)) is { } named ? named : [];

        static string[]? Existing(string path) => Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.jpeg").Order(StringComparer.Ordinal)] : null;
    }
}
