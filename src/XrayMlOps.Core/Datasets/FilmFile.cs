namespace XrayMlOps.Core.Datasets;

/// <summary>The rules for <see cref="ManifestEntry.File"/>: such a path stays inside whatever folder a version is exported to, on any system.</summary>
public static class FilmFile
{
    private const int LongestText = 1024;

    /// <summary>Why a path cannot be taken, to follow it in a message; null if it can.</summary>
    public static string? ProblemOf(string? file)
    {
        if (ProblemOfText(file) is { } problem) return problem;
        if (file!.Contains('\\')) return "has a backslash: separate folders by '/'";
        if (file[0] == '/') return "begins at the root: give the path inside the dataset's folder";
        if (file.Length >= 2 && char.IsAsciiLetter(file[0]) && file[1] == ':') return "names a drive: give the path inside the dataset's folder";
        foreach (var part in file.AsSpan().Split('/'))
        {
            if (file.AsSpan(part) is "" or "." or "..") return "has an empty, '.' or '..' part: give the path inside the dataset's folder without them";
        }
        return null;
    }

    /// <summary>Why a name (of a patient, or a pattern) cannot be taken, to follow it in a message; null if it can.</summary>
    public static string? ProblemOfText(string? text)
    {
        if (text is not { Length: >= 1 and <= LongestText }) return $"must have 1 to {LongestText:N0} characters";
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i])) return "has a control character";
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) return "is no valid Unicode text";
            i++;
        }
        return null;
    }
}
