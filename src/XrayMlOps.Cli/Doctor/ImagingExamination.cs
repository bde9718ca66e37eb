using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Phantoms;

namespace XrayMlOps.Cli.Doctor;

/// <summary>Whether a film is decoded.</summary>
internal sealed class ImagingExamination : IExamination
{
    public string Name => "Films";

    public string Advice => "SkiaSharp's native library comes with the build: build again on this machine.";

    public Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancellationToken)
    {
        var spec = PreprocessingSpec.Default;
        var film = PhantomGenerator.Film(ImageLabel.Normal, patient: 1, number: 1, new PhantomOptions());
        var decoded = new FilmDecoder(ImagingLimits.Default).Decode(film, spec, new byte[spec.Height * spec.Width]);
        var version = typeof(SkiaSharp.SKCodec).Assembly.GetName().Version?.ToString(3);
        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            decoded.Succeeded
                ? new Finding(
                    Name, FindingState.Ok,
                    $"a {decoded.Info.Width} x {decoded.Info.Height} JPEG decodes to {spec.Width} x {spec.Height} (SkiaSharp {version})")
                : new Finding(Name, FindingState.Missing, decoded.Reason, Advice),
        ]);
    }
}
