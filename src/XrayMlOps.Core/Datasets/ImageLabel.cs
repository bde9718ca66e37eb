namespace XrayMlOps.Core.Datasets;

/// <summary>The three classes, in the order of every probability vector, tensor and confusion matrix of the platform.</summary>
public enum ImageLabel
{
    Normal = 0,
    Bacteria = 1,
    Virus = 2,
}

public static class ImageLabels
{
    public static IReadOnlyList<ImageLabel> All { get; } = [ImageLabel.Normal, ImageLabel.Bacteria, ImageLabel.Virus];

    /// <summary><c>normal</c>, <c>bacteria</c>, <c>virus</c>: as JSON, the command line and ONNX metadata write them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["normal", "bacteria", "virus"];

    public static int Count => Names.Count;

    public static string Name(this ImageLabel label) => Names[(int)label];

    /// <summary>Reads a class name, ignoring case; <c>bacterial</c> and <c>viral</c> are accepted too.</summary>
    public static bool TryParse(string text, out ImageLabel label)
    {
        (label, var known) = text.ToLowerInvariant() switch
        {
            "normal" => (ImageLabel.Normal, true),
            "bacteria" or "bacterial" => (ImageLabel.Bacteria, true),
            "virus" or "viral" => (ImageLabel.Virus, true),
            _ => (default, false),
        };
        return known;
    }
}

/// <summary>What an image of a dataset version is for. A patient's images are all in one split.</summary>
public enum Split
{
    Train = 0,
    Validation = 1,
    Test = 2,
}
