namespace XrayMlOps.Imaging.Dicom;

/// <summary>
/// From stored pixels to grey (PS3.3, C.11.1 and C.11.2; PS3.4, N.2): the modality's lookup table or rescale, then the window or the
/// VOI lookup table, of several the first; if there is neither, the picture's lowest to highest value. Then MONOCHROME1 is turned
/// over. Padding is black.
/// </summary>
internal sealed class GrayscaleTransform
{
    private readonly DicomFilm _film;
    private readonly double _slope, _intercept;
    private readonly Window? _window;

    /// <summary>Throws <see cref="DicomRefusedException"/> if what the data set describes cannot be followed.</summary>
    public GrayscaleTransform(DicomFilm film, DicomDataSet data)
    {
        _film = film;
        ModalityTable = LookupTable.Find(data, DicomTag.ModalityLutSequence, film.IsSigned);
        (_slope, _intercept) = (data.Decimal(DicomTag.RescaleSlope) ?? 1, data.Decimal(DicomTag.RescaleIntercept) ?? 0);
        _window = Window.Find(data);
        VoiTable = _window is null ? LookupTable.Find(data, DicomTag.VoiLutSequence, film.IsSigned) : null;
    }

    public LookupTable? ModalityTable { get; }

    /// <summary>Null also if there is a window, which is taken before it.</summary>
    public LookupTable? VoiTable { get; }

    /// <summary>The grey level of each of the 256 or 65,536 values that a pixel's place can hold, unused bits included.</summary>
    /// <param name="pixels">As stored, <see cref="DicomFilm.Bytes"/> long: looked at if nothing else says what is black and white.</param>
    public byte[] Table(ReadOnlySpan<byte> pixels)
    {
        var grays = new double[1 << _film.BitsStored];
        for (var i = 0; i < grays.Length; i++) grays[i] = Modality(Stored(i));
        var toGray = _window is { } window ? x => window[x]
            : VoiTable is { } voi ? x => voi[x] * 255.0 / voi.Largest
            : Stretch(grays, pixels);
        var levels = new byte[grays.Length];
        for (var i = 0; i < grays.Length; i++)
        {
            var level = (byte)(toGray(grays[i]) + 0.5);
            levels[i] = IsPadding(Stored(i)) ? (byte)0 : _film.IsInverted ? (byte)(255 - level) : level;
        }

        var table = new byte[1 << _film.BitsAllocated];
        for (var raw = 0; raw < table.Length; raw++) table[raw] = levels[(raw & _film.Mask) >> _film.Shift];
        return table;
    }

    private Func<double, double> Stretch(double[] values, ReadOnlySpan<byte> pixels)
    {
        var (lowest, highest) = (double.PositiveInfinity, double.NegativeInfinity);
        var occurs = PixelValues.Occurring(pixels, _film.BitsAllocated);
        for (var raw = 0; raw < occurs.Length; raw++)
        {
            var i = (raw & _film.Mask) >> _film.Shift;
            if (!occurs[raw] || IsPadding(Stored(i))) continue;
            (lowest, highest) = (Math.Min(lowest, values[i]), Math.Max(highest, values[i]));
        }
        return lowest < highest ? x => Math.Clamp((x - lowest) / (highest - lowest), 0, 1) * 255 : _ => 0;
    }

    private double Modality(int stored) => ModalityTable is { } table ? table[stored] : _slope * stored + _intercept;

    private int Stored(int bits) => _film.IsSigned && bits >> (_film.BitsStored - 1) != 0 ? bits - (1 << _film.BitsStored) : bits;

    private bool IsPadding(int stored) => _film.Padding is { } padding && stored >= padding.First && stored <= padding.Last;
}
