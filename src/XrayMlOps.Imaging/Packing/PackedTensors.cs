using System.Buffers.Binary;
using System.IO.Compression;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Packing;

/// <summary>What <see cref="PackedTensors"/> says of a row of <c>images</c>.</summary>
/// <param name="Patient">A number a patient.</param>
public readonly record struct PackedLabel(ImageLabel Label, Split Split, long Patient);

/// <summary>
/// Writes the packed tensors of a dataset version (see <see cref="Core.Runs.TrainingJob.Tensors"/>): an npz, that is a zip of stored
/// entries <c>images.npy</c> uint8 [N, H, W], <c>labels.npy</c> int64 [N], <c>splits.npy</c> uint8 [N] and <c>patients.npy</c> int64 [N].
/// Equal content gives equal bytes.
/// </summary>
public static class PackedTensors
{
    /// <summary>What a film takes beside its pixels.</summary>
    public const int LabelBytes = sizeof(long) + sizeof(byte) + sizeof(long);

    // Zip cannot express an earlier time; a fixed one keeps the digest a function of the content.
    private static readonly DateTimeOffset s_written = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a version of <paramref name="labels"/>.Count films, holding one of them at a time.</summary>
    /// <param name="npz">Stays open. Seekable or not, but equal bytes are promised only between streams of the same kind.</param>
    /// <param name="readRow">Fills the buffer with the <c>[height, width]</c> pixels of the row asked for; called once a row, in order.</param>
    public static async Task WriteAsync(
        Stream npz, int height, int width, IReadOnlyList<PackedLabel> labels, Func<int, Memory<byte>, CancellationToken, ValueTask> readRow,
        CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(npz, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await WriteEntryAsync(zip, "images", NpyHeader.Of("|u1", labels.Count, height, width), async entry =>
        {
            var row = new byte[height * width];
            for (var i = 0; i < labels.Count; i++)
            {
                await readRow(i, row, cancellationToken);
                await entry.WriteAsync(row, cancellationToken);
            }
        }, cancellationToken);
        await WriteEntryAsync(zip, "labels", Int64s(labels, label => (long)label.Label), cancellationToken);
        await WriteEntryAsync(zip, "splits", [.. NpyHeader.Of("|u1", labels.Count), .. labels.Select(label => (byte)label.Split)], cancellationToken);
        await WriteEntryAsync(zip, "patients", Int64s(labels, label => label.Patient), cancellationToken);
    }

    private static byte[] Int64s(IReadOnlyList<PackedLabel> labels, Func<PackedLabel, long> value)
    {
        var header = NpyHeader.Of("<i8", labels.Count);
        var array = new byte[header.Length + sizeof(long) * labels.Count];
        header.CopyTo(array, 0);
        for (var i = 0; i < labels.Count; i++) BinaryPrimitives.WriteInt64LittleEndian(array.AsSpan(header.Length + sizeof(long) * i), value(labels[i]));
        return array;
    }

    private static Task WriteEntryAsync(ZipArchive zip, string name, byte[] array, CancellationToken cancellationToken) =>
        WriteEntryAsync(zip, name, array, _ => Task.CompletedTask, cancellationToken);

    private static async Task WriteEntryAsync(ZipArchive zip, string name, byte[] head, Func<Stream, Task> writeRest, CancellationToken cancellationToken)
    {
        var entry = zip.CreateEntry($"{name}.npy", CompressionLevel.NoCompression);
        entry.LastWriteTime = s_written;
        await using var content = await entry.OpenAsync(cancellationToken);
        await content.WriteAsync(head, cancellationToken);
        await writeRest(content);
    }
}
