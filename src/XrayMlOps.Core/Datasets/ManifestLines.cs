namespace XrayMlOps.Core.Datasets;

/// <summary>The lines of a stream as bytes, from where it stands.</summary>
internal sealed class ManifestLines(Stream stream)
{
    private byte[] _buffer = new byte[1 << 14];
    private int _start;
    private int _end;

    /// <summary>Where in the stream the next line begins; from 0 if the stream cannot tell.</summary>
    public long Position { get; private set; } = stream.CanSeek ? stream.Position : 0;

    /// <summary>The next line without its end, or null after the last; holds until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0) return Take(searched + length, ending: 1);
            searched = _end - _start;
            if (await FillAsync(cancellationToken)) continue;
            return searched == 0 ? default(ReadOnlyMemory<byte>?) : Take(searched, ending: 0);
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int ending)
    {
        var line = _buffer.AsMemory(_start, length);
        _start += length + ending;
        Position += length + ending;
        return line;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
