using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Testing;

namespace XrayMlOps.Imaging.Tests.Decoding;

/// <summary>Where they are at hand: see <see cref="RealFilms"/>.</summary>
public sealed class RealFilmTests
{
    [Theory]
    [InlineData("originals", 24)]
    [InlineData("chest_xray/train/NORMAL", 12)]
    [InlineData("chest_xray/train/PNEUMONIA", 12)]
    public void Films_match_full_decode(string folder, int count)
    {
        var files = RealFilms.Find(folder);
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
        var files = RealFilms.Find("originals");
        Assert.SkipWhen(files is [], "the real films are not here");

        foreach (var film in files.Select(File.ReadAllBytes))
        {
            for (var end = 1024; end < film.Length; end += 64 * 1024) Assert.Equal(FilmRejection.Truncated, Films.Decode(film[..end]).Rejection);
        }
    }
}
