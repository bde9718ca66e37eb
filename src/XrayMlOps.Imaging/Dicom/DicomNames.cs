namespace XrayMlOps.Imaging.Dicom;

/// <summary>Names attributes for a person, by the standard's keywords (PS3.6, section 6).</summary>
internal static class DicomNames
{
    private static readonly Dictionary<DicomTag, string> s_names = TechnicalAttribute.All.Select(kept => (kept.Number, kept.Name)).Concat(Removed).ToDictionary(
        attribute => new DicomTag(attribute.Number), attribute => attribute.Name);

    /// <summary>Of those that de-identification removes, the ones that most films carry.</summary>
    private static IEnumerable<(uint Number, string Name)> Removed =>
    [
        (0x0008_0005, "SpecificCharacterSet"),
        (0x0008_0008, "ImageType"),
        (0x0008_0012, "InstanceCreationDate"),
        (0x0008_0013, "InstanceCreationTime"),
        (0x0008_0014, "InstanceCreatorUID"),
        (0x0008_0018, "SOPInstanceUID"),
        (0x0008_0020, "StudyDate"),
        (0x0008_0021, "SeriesDate"),
        (0x0008_0022, "AcquisitionDate"),
        (0x0008_0023, "ContentDate"),
        (0x0008_002A, "AcquisitionDateTime"),
        (0x0008_0030, "StudyTime"),
        (0x0008_0031, "SeriesTime"),
        (0x0008_0032, "AcquisitionTime"),
        (0x0008_0033, "ContentTime"),
        (0x0008_0050, "AccessionNumber"),
        (0x0008_0070, "Manufacturer"),
        (0x0008_0080, "InstitutionName"),
        (0x0008_0081, "InstitutionAddress"),
        (0x0008_0090, "ReferringPhysicianName"),
        (0x0008_1010, "StationName"),
        (0x0008_1030, "StudyDescription"),
        (0x0008_103E, "SeriesDescription"),
        (0x0008_1040, "InstitutionalDepartmentName"),
        (0x0008_1050, "PerformingPhysicianName"),
        (0x0008_1060, "NameOfPhysiciansReadingStudy"),
        (0x0008_1070, "OperatorsName"),
        (0x0008_1090, "ManufacturerModelName"),
        (0x0008_1140, "ReferencedImageSequence"),
        (0x0008_2111, "DerivationDescription"),
        (0x0010_0010, "PatientName"),
        (0x0010_0020, "PatientID"),
        (0x0010_0021, "IssuerOfPatientID"),
        (0x0010_0030, "PatientBirthDate"),
        (0x0010_0032, "PatientBirthTime"),
        (0x0010_0040, "PatientSex"),
        (0x0010_1000, "OtherPatientIDs"),
        (0x0010_1001, "OtherPatientNames"),
        (0x0010_1002, "OtherPatientIDsSequence"),
        (0x0010_1010, "PatientAge"),
        (0x0010_1020, "PatientSize"),
        (0x0010_1030, "PatientWeight"),
        (0x0010_1040, "PatientAddress"),
        (0x0010_2154, "PatientTelephoneNumbers"),
        (0x0010_4000, "PatientComments"),
        (0x0018_1000, "DeviceSerialNumber"),
        (0x0018_1020, "SoftwareVersions"),
        (0x0018_1030, "ProtocolName"),
        (0x0018_700A, "DetectorID"),
        (0x0020_000D, "StudyInstanceUID"),
        (0x0020_000E, "SeriesInstanceUID"),
        (0x0020_0010, "StudyID"),
        (0x0020_0011, "SeriesNumber"),
        (0x0020_0013, "InstanceNumber"),
        (0x0020_4000, "ImageComments"),
        (0x0028_1054, "RescaleType"),
        (0x0028_1055, "WindowCenterWidthExplanation"),
        (0x0040_0275, "RequestAttributesSequence"),
        (0x0040_2016, "PlacerOrderNumberImagingServiceRequest"),
        (0x7FE0_0010, "PixelData"),
        (0xFFFC_FFFC, "DataSetTrailingPadding"),
    ];

    /// <summary>As in <c>PatientName (0010,0010)</c>; its number alone if it is none of the common ones.</summary>
    public static string Of(DicomTag tag) => tag switch
    {
        { IsPrivate: true } => $"the private {tag}",
        { Group: >= 0x6000 and < 0x6100 } => $"the overlay's {tag}",
        _ => s_names.TryGetValue(tag, out var name) ? $"{name} {tag}" : tag.ToString(),
    };
}
