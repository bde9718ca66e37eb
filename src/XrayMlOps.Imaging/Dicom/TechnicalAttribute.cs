namespace XrayMlOps.Imaging.Dicom;

/// <summary>An attribute that de-identification keeps, if its value is what its representation allows.</summary>
/// <param name="Name">The standard's keyword (PS3.6, section 6).</param>
/// <param name="Vr">How its value is written: CS, DS, IS, UI, US, SS or SQ; <c>XS</c> is US, or SS if the pixels are signed.</param>
/// <param name="Least">Values it must have.</param>
/// <param name="Most">Values it may have; further ones are dropped.</param>
internal sealed record TechnicalAttribute(uint Number, string Name, string Vr, int Least = 1, int Most = 1)
{
    private const int Windows = 16; // the first counts; some files offer a few

    /// <summary>
    /// Everything that leaves de-identification beside the pixel data: how the film was exposed, how its pixels are to be shown, and which
    /// way the patient faced. No dates, names, institutions, devices, free text, identifiers, private attributes or overlays.
    /// </summary>
    public static IReadOnlyList<TechnicalAttribute> All { get; } =
    [
        new(0x0008_0016, "SOPClassUID", "UI"),
        new(0x0008_0060, "Modality", "CS"),
        new(0x0008_0068, "PresentationIntentType", "CS"),
        new(0x0018_0015, "BodyPartExamined", "CS"),
        new(0x0018_0060, "KVP", "DS"),
        new(0x0018_1110, "DistanceSourceToDetector", "DS"),
        new(0x0018_1111, "DistanceSourceToPatient", "DS"),
        new(0x0018_1114, "EstimatedRadiographicMagnificationFactor", "DS"),
        new(0x0018_1150, "ExposureTime", "IS"),
        new(0x0018_1151, "XRayTubeCurrent", "IS"),
        new(0x0018_1152, "Exposure", "IS"),
        new(0x0018_1153, "ExposureInuAs", "IS"),
        new(0x0018_1164, "ImagerPixelSpacing", "DS", 2, 2),
        new(0x0018_1405, "RelativeXRayExposure", "IS"),
        new(0x0018_1411, "ExposureIndex", "DS"),
        new(0x0018_1412, "TargetExposureIndex", "DS"),
        new(0x0018_1413, "DeviationIndex", "DS"),
        new(0x0018_5101, "ViewPosition", "CS"),
        new(0x0018_6000, "Sensitivity", "DS"),
        new(0x0018_7004, "DetectorType", "CS"),
        new(0x0018_8150, "ExposureTimeInuS", "DS"),
        new(0x0018_8151, "XRayTubeCurrentInuA", "DS"),
        new(0x0020_0020, "PatientOrientation", "CS", 1, 2),
        new(0x0020_0060, "Laterality", "CS"),
        new(0x0020_0062, "ImageLaterality", "CS"),
        new(0x0028_0002, "SamplesPerPixel", "US"),
        new(0x0028_0004, "PhotometricInterpretation", "CS"),
        new(0x0028_0006, "PlanarConfiguration", "US"),
        new(0x0028_0008, "NumberOfFrames", "IS"),
        new(0x0028_0010, "Rows", "US"),
        new(0x0028_0011, "Columns", "US"),
        new(0x0028_0030, "PixelSpacing", "DS", 2, 2),
        new(0x0028_0034, "PixelAspectRatio", "IS", 2, 2),
        new(0x0028_0100, "BitsAllocated", "US"),
        new(0x0028_0101, "BitsStored", "US"),
        new(0x0028_0102, "HighBit", "US"),
        new(0x0028_0103, "PixelRepresentation", "US"),
        new(0x0028_0106, "SmallestImagePixelValue", "XS"),
        new(0x0028_0107, "LargestImagePixelValue", "XS"),
        new(0x0028_0120, "PixelPaddingValue", "XS"),
        new(0x0028_0121, "PixelPaddingRangeLimit", "XS"),
        new(0x0028_0301, "BurnedInAnnotation", "CS"),
        new(0x0028_0A02, "PixelSpacingCalibrationType", "CS"),
        new(0x0028_1040, "PixelIntensityRelationship", "CS"),
        new(0x0028_1041, "PixelIntensityRelationshipSign", "SS"),
        new(0x0028_1050, "WindowCenter", "DS", 1, Windows),
        new(0x0028_1051, "WindowWidth", "DS", 1, Windows),
        new(0x0028_1052, "RescaleIntercept", "DS"),
        new(0x0028_1053, "RescaleSlope", "DS"),
        new(0x0028_1056, "VOILUTFunction", "CS"),
        new(0x0028_2110, "LossyImageCompression", "CS"),
        new(0x0028_2112, "LossyImageCompressionRatio", "DS", 1, 8),
        new(0x0028_2114, "LossyImageCompressionMethod", "CS", 1, 8),
        new(0x0028_3000, "ModalityLUTSequence", "SQ"),
        new(0x0028_3010, "VOILUTSequence", "SQ"),
        new(0x2050_0020, "PresentationLUTShape", "CS"),
    ];

    public DicomTag Tag => new(Number);

    /// <summary>The attribute's value written anew; null if the data set lacks it, or has what its representation does not allow there.</summary>
    public DicomValue? Clean(DicomDataSet data, bool isSigned)
    {
        if (Vr is "US" or "SS" or "XS")
            return data.TryFind(Tag, out var element) && element.Length == 2
                ? new DicomValue(Tag, Vr == "XS" ? isSigned ? "SS" : "US" : Vr, data.Value(element).ToArray())
                : null;
        if (Vr is "SQ" || data.Text(Tag) is not { } text) return null;
        var values = text.Split('\\').Select(value => value.Trim(' ')).TakeWhile(IsAllowed).Take(Most).ToArray();
        return values.Length >= Least ? DicomValue.OfText(Tag, Vr, string.Join('\\', values)) : null;
    }

    private bool IsAllowed(string value) => Vr switch
    {
        "CS" => DicomText.IsCode(value),
        "DS" => DicomText.Decimal(value) is not null,
        "IS" => DicomText.Integer(value) is not null,
        _ => DicomText.IsUid(value),
    };
}
