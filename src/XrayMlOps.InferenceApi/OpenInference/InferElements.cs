using System.Runtime.InteropServices;
using System.Text.Json;
using XrayMlOps.Core.Models;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>Reads a tensor's elements from JSON: flat or nested as its shape, row by row, as the protocol allows.</summary>
internal static class InferElements
{
    /// <summary>Numbers, into the buffers of the films.</summary>
    public static void ReadNumbers(ref Utf8JsonReader reader, InferFilms films)
    {
        var (film, place, length) = (0, 0, films.Works[0].Film.Length);
        var tensor = films.Tensor(0).Span;
        while (NextElement(ref reader))
        {
            if (film == films.Works.Count) throw Wrong(films, "more");
            if (reader.TokenType != JsonTokenType.Number || !(films.IsGrey ? reader.TryGetByte(out tensor[place]) : reader.TryGetSingle(out MemoryMarshal.Cast<byte, float>(tensor)[place])))
                throw InferException.Bad($"Input '{ModelMetadata.FilmsInput}': element {place} of film {film + 1} is no {(films.IsGrey ? "whole number from 0 to 255" : "number")}.");
            if (++place < length) continue;
            films.Received(film);
            (film, place) = (film + 1, 0);
            if (film < films.Works.Count) tensor = films.Tensor(film).Span;
        }
        if (film < films.Works.Count) throw Wrong(films, "fewer");
    }

    /// <summary>Encoded films, as base64.</summary>
    public static void ReadFilms(ref Utf8JsonReader reader, InferFilms films)
    {
        var count = 0;
        while (NextElement(ref reader))
        {
            if (++count > films.Works.Count) throw InferException.Bad($"Input '{InferInput.Images}' has more elements than its shape says.");
            if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out var encoded))
                throw InferException.Bad($"Input '{InferInput.Images}': element {count} is no base64 text.");
            films.Add(encoded);
        }
        if (count < films.Works.Count) throw InferException.Bad($"Input '{InferInput.Images}' has fewer elements than its shape says.");
    }

    private static bool NextElement(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray)) return true;
        }
        return false;
    }

    private static InferException Wrong(InferFilms films, string how) =>
        InferException.Bad($"Input '{ModelMetadata.FilmsInput}' has {how} elements than its {films.Works.Count} films of {films.Works[0].Film.Length}.");
}
