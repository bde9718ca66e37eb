using System.Buffers;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Resampling;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>Bytes of a DICOM file in, grey pixels of the asked size out: what <see cref="FilmDecoder"/> does with DICOM.</summary>
internal static class DicomPicture
{
    public static FilmDecodeResult Decode(ReadOnlySpan<byte> content, ImagingLimits limits, PreprocessingSpec spec, Span<byte> pixels)
    {
        try
        {
            var data = DicomDataSet.Read(content);
            var film = DicomFilm.Of(data, limits);
            var transform = new GrayscaleTransform(film, data);
            var frame = Frame(data, film, limits);
            var gray = ArrayPool<byte>.Shared.Rent(film.PixelCount);
            var unpacked = data.Syntax.Pixels == PixelEncoding.Native ? [] : ArrayPool<byte>.Shared.Rent(film.Bytes);
            try
            {
                var stored = Unpack(data.Syntax, frame, film, unpacked);
                var levels = gray.AsSpan(0, film.PixelCount);
                PixelValues.Map(stored, transform.Table(stored), levels);
                AreaResampler.Resample(levels, film.Info.Width, film.Info.Height, pixels, spec.Width, spec.Height);
                return FilmDecodeResult.Read(film.Info);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(gray);
                ArrayPool<byte>.Shared.Return(unpacked);
            }
        }
        catch (DicomRefusedException problem)
        {
            return problem.Refusal;
        }
    }

    /// <summary>The pixels as the file has them, compressed or not; a JPEG fits the film.</summary>
    public static ReadOnlySpan<byte> Frame(DicomDataSet data, DicomFilm film, ImagingLimits limits)
    {
        if (data.Syntax.Pixels == PixelEncoding.Native) return data.Value(film.Pixels)[..film.Bytes];
        var frame = data.Fragments(film.Pixels);
        if (data.Syntax.Pixels == PixelEncoding.Jpeg) DicomJpeg.Check(frame, film, limits);
        return frame;
    }

    /// <summary>The stored pixels, <see cref="DicomFilm.Bytes"/> long.</summary>
    /// <param name="unpacked">Takes them if they are compressed.</param>
    public static ReadOnlySpan<byte> Unpack(DicomTransferSyntax syntax, ReadOnlySpan<byte> frame, DicomFilm film, byte[] unpacked)
    {
        if (syntax.Pixels == PixelEncoding.Native) return frame;
        var stored = unpacked.AsSpan(0, film.Bytes);
        if (syntax.Pixels == PixelEncoding.RunLength) RunLength.Decode(frame, stored, film.BitsAllocated / 8);
        else DicomJpeg.Decode(frame, film, stored);
        return stored;
    }
}
