using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Dicom;

namespace XrayMlOps.ServiceDefaults;

/// <summary>What hosts that read films share.</summary>
public static class FilmDecoding
{
    /// <summary>
    /// Adds the <see cref="FilmDecoder"/> and the <see cref="DicomDeidentifier"/> within the <see cref="ImagingLimits"/> of the section
    /// <c>Imaging</c>, which are checked when the host starts.
    /// </summary>
    public static IServiceCollection AddFilmDecoding(this IServiceCollection services)
    {
        services.AddOptions<ImagingLimits>().BindConfiguration(ImagingLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(provider => new FilmDecoder(provider.GetRequiredService<IOptions<ImagingLimits>>().Value));
        services.TryAddSingleton(provider => new DicomDeidentifier(provider.GetRequiredService<IOptions<ImagingLimits>>().Value));
        return services;
    }
}
