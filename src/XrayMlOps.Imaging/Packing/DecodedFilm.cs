using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Imaging.Packing;

/// <summary>What came of one blob.</summary>
/// <param name="Digest">Names the blob.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Result">The original's header, or why the film was refused.</param>
/// <param name="Facts">Null if it was refused.</param>
public sealed record DecodedFilm(string Digest, long Bytes, FilmDecodeResult Result, FilmFacts? Facts);

/// <summary>A row of the packed tensors.</summary>
/// <param name="Film">Index into <see cref="DatasetPacker.Films"/>; the film must have been read.</param>
/// <param name="Patient">A number a patient.</param>
public readonly record struct PackedRow(int Film, ImageLabel Label, Split Split, long Patient);
