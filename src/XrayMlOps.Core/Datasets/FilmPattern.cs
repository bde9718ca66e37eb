namespace XrayMlOps.Core.Datasets;

/// <summary>Patterns of film paths: see <see cref="FilmFilter.Files"/>.</summary>
internal static class FilmPattern
{
    /// <summary>In time of at most pattern times path, whatever the pattern.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        // reached[i]: the pattern read so far matches the first i characters of the path.
        Span<bool> reached = path.Length < 1024 ? stackalloc bool[path.Length + 1] : new bool[path.Length + 1];
        reached.Clear();
        reached[0] = true;
        for (var p = 0; p < pattern.Length; p++)
        {
            if (pattern[p] == '*')
            {
                var crossing = p + 1 < pattern.Length && pattern[p + 1] == '*';
                if (crossing) p++;
                for (var i = 1; i <= path.Length; i++) reached[i] |= reached[i - 1] && (crossing || path[i - 1] != '/');
            }
            else
            {
                for (var i = path.Length; i > 0; i--) reached[i] = reached[i - 1] && (pattern[p] == '?' ? path[i - 1] != '/' : path[i - 1] == pattern[p]);
                reached[0] = false;
            }
        }
        return reached[^1];
    }
}
