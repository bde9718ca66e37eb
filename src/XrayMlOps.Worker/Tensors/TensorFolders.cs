namespace XrayMlOps.Worker.Tensors;

/// <summary>The cache's folders, one a packed version: those in use stay, others while they are among the most recently used.</summary>
/// <param name="most">Folders kept, in use or not; those in use are kept even if there are more.</param>
internal sealed class TensorFolders(string folder, int most, TimeProvider clock)
{
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);

    /// <summary>A folder, made if there is none, that stays until it is given back by <see cref="Release"/>.</summary>
    public DirectoryInfo Take(string name)
    {
        lock (_users)
        {
            var taken = Directory.CreateDirectory(Path.Combine(folder, name));
            _users[name] = _users.GetValueOrDefault(name) + 1;
            return taken;
        }
    }

    public void Release(string name)
    {
        lock (_users)
        {
            if (--_users[name] == 0) _users.Remove(name);
        }
    }

    /// <summary>Notes that a folder was used just now, and makes room by those that were used longest ago.</summary>
    public void Use(DirectoryInfo used)
    {
        lock (_users)
        {
            used.LastWriteTimeUtc = clock.GetUtcNow().UtcDateTime;
            foreach (var stale in new DirectoryInfo(folder).GetDirectories().OrderByDescending(other => other.LastWriteTimeUtc).Skip(most))
            {
                if (!_users.ContainsKey(stale.Name)) Remove(stale);
            }
        }
    }

    private static void Remove(DirectoryInfo stale)
    {
        try
        {
            stale.Delete(recursive: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Somebody else removes it too, or has a file of it open: what is left goes the next time, and no run need fail for it.
        }
    }
}

/// <summary>Packed tensors as local files, which stay where they are until this is disposed.</summary>
/// <param name="paths">The npz files, one a shard, in order.</param>
internal sealed class TensorLease(IReadOnlyList<string> paths, Action release) : IDisposable
{
    public IReadOnlyList<string> Paths => paths;

    public void Dispose() => release();
}
