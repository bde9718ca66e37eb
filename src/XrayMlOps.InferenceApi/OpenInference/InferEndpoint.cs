using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Models;
using XrayMlOps.InferenceApi.Predictions;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>
/// <c>POST /v2/models/…/infer</c> over REST. With the binary tensor extension the tensors' bytes stand behind the JSON, whose length a header gives, and are
/// received straight into the buffers that the network reads.
/// </summary>
internal sealed class InferEndpoint(OpenInferenceScorer scorer, IRequestDecompressionProvider decompression, IOptions<InferenceOptions> options)
{
    public const string HeaderLength = "Inference-Header-Content-Length";

    /// <summary>Bytes of JSON before binary tensors, which then only describes them.</summary>
    private const int LongestHeader = 64 << 10;

    public async Task HandleAsync(HttpContext context)
    {
        var arrived = Stopwatch.GetTimestamp();
        var (http, cancellationToken) = (context.Request, context.RequestAborted);
        FilmUpload.LimitBody(context, options.Value.MaxBytes);
        var name = (string)http.RouteValues["name"]!;
        using var lease = await scorer.AcquireAsync(name, http.RouteValues["version"] as string, cancellationToken);
        scorer.RequireRoom();

        var headerLength = ReadHeaderLength(http);
        var body = Decompressed(context);
        using var json = headerLength is { } length
            ? await PooledBytes.ReadExactlyAsync(body, length, cancellationToken)
            : await PooledBytes.ReadAsync(body, http.ContentLength, cancellationToken, options.Value.MaxBytes);
        // Numbers as text take long to read, up to tenths of a second: not on a thread that serves the network.
        if (headerLength is null) await Task.Yield();
        var request = InferRequestJson.Read(json.Memory.Span);
        using var films = scorer.Rent(lease, request);
        var input = request.Inputs[0];
        if (input.BinarySize is { } size) await ReceiveAsync(body, films, size, headerLength is not null, cancellationToken);
        else ReadElements(json.Memory.Span[input.Data], input, films);
        if (headerLength is not null) await RequireEndAsync(body, cancellationToken);

        var scored = await scorer.ScoreAsync(lease, request, films, arrived, long.MaxValue, cancellationToken);
        await InferAnswer.WriteAsync(context, name, lease.Model, request, scored, cancellationToken);
    }

    /// <summary>The body without the content encodings that Triton's client can put on it: gzip and deflate.</summary>
    private Stream Decompressed(HttpContext context)
    {
        var body = decompression.GetDecompressionStream(context) ?? context.Request.Body;
        // The provider takes away what it undoes.
        return context.Request.Headers.ContentEncoding is { Count: > 0 } unknown
            ? throw new InferException(StatusCodes.Status415UnsupportedMediaType, $"Content encoding '{unknown}' is not accepted; gzip, deflate and br are.")
            : body;
    }

    private static int? ReadHeaderLength(HttpRequest http)
    {
        if (!http.Headers.TryGetValue(HeaderLength, out var header)) return null;
        return int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is > 0 and <= LongestHeader
            ? length
            : throw InferException.Bad($"{HeaderLength} is '{header}'; it must be the bytes of JSON before the tensors, 1 to {LongestHeader}.");
    }

    private async Task ReceiveAsync(Stream body, InferFilms films, long size, bool hasHeader, CancellationToken cancellationToken)
    {
        if (!hasHeader) throw InferException.Bad($"The input's binary_data_size is given, but no {HeaderLength}: nothing says where the JSON ends.");
        if (films.IsEncoded)
        {
            if (size > options.Value.MaxBytes) throw new InferException(StatusCodes.Status413PayloadTooLarge, $"{size} bytes of films; {options.Value.MaxBytes} are allowed.");
            var bytes = await PooledBytes.ReadExactlyAsync(body, (int)size, cancellationToken);
            films.Split(bytes.Memory, bytes);
            return;
        }
        RequireSize(films, size);
        for (var film = 0; film < films.Works.Count; film++)
        {
            await body.ReadExactlyAsync(films.Tensor(film), cancellationToken);
            films.Received(film);
        }
    }

    private static void RequireSize(InferFilms films, long size)
    {
        var expected = (long)films.Works.Count * films.TensorBytes;
        if (size != expected) throw InferException.Bad($"Input '{ModelMetadata.FilmsInput}' has {size} bytes; {films.Works.Count} films are {expected}.");
    }

    private static async Task RequireEndAsync(Stream body, CancellationToken cancellationToken)
    {
        var one = new byte[1];
        if (await body.ReadAsync(one, cancellationToken) > 0) throw InferException.Bad("The body is longer than its JSON and tensors say.");
    }

    private static void ReadElements(ReadOnlySpan<byte> data, InferInput input, InferFilms films)
    {
        if (data.IsEmpty) throw InferException.Bad($"Input '{input.Name}' has neither data nor a binary_data_size.");
        var reader = new Utf8JsonReader(data);
        try
        {
            if (films.IsEncoded) InferElements.ReadFilms(ref reader, films);
            else InferElements.ReadNumbers(ref reader, films);
        }
        catch (Exception malformed) when (InferRequestJson.IsMalformed(malformed))
        {
            throw InferException.Bad($"Input '{input.Name}': its data cannot be read: {malformed.Message}");
        }
    }
}
