namespace XrayMlOps.Imaging.Dicom;

/// <summary>The shape of a window (PS3.3, C.11.2.1.2 and C.11.2.1.3).</summary>
internal enum WindowFunction
{
    Linear,
    LinearExact,
    Sigmoid,
}

/// <summary>Turns a modality's values into grey, 0 to 255, by the standard's pseudo-code.</summary>
/// <param name="Width">At least 1 if linear, above 0 otherwise.</param>
internal readonly record struct Window(double Center, double Width, WindowFunction Function)
{
    public double this[double x] => Function switch
    {
        WindowFunction.Linear when x <= Center - 0.5 - (Width - 1) / 2 => 0,
        WindowFunction.Linear when x > Center - 0.5 + (Width - 1) / 2 => 255,
        WindowFunction.Linear => ((x - (Center - 0.5)) / (Width - 1) + 0.5) * 255,
        WindowFunction.LinearExact when x <= Center - Width / 2 => 0,
        WindowFunction.LinearExact when x > Center + Width / 2 => 255,
        WindowFunction.LinearExact => ((x - Center) / Width + 0.5) * 255,
        _ => 255 / (1 + Math.Exp(-4 * (x - Center) / Width)),
    };

    /// <summary>The first window of a data set; null if it has none.</summary>
    public static Window? Find(DicomDataSet data)
    {
        var (center, width) = (data.Decimal(DicomTag.WindowCenter), data.Decimal(DicomTag.WindowWidth));
        if (center is null && width is null) return null;
        if (center is null || width is null)
            throw DicomRefusedException.Corrupt("the DICOM file has a window centre without a width, or a width without a centre");
        var function = data.Text(DicomTag.VoiLutFunction) switch
        {
            null or "LINEAR" => WindowFunction.Linear,
            "LINEAR_EXACT" => WindowFunction.LinearExact,
            "SIGMOID" => WindowFunction.Sigmoid,
            _ => throw DicomRefusedException.Unsupported("the DICOM file's VOI LUT function is unknown; LINEAR, LINEAR_EXACT and SIGMOID are read"),
        };
        return width > 0 && (width >= 1 || function != WindowFunction.Linear)
            ? new Window(center.Value, width.Value, function)
            : throw DicomRefusedException.Corrupt("the DICOM file has a window of no width");
    }
}
