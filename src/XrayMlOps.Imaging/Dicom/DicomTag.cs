using System.Globalization;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>An attribute's number: its group in the upper 16 bits, its element in the lower (PS3.5, 7.1).</summary>
internal readonly record struct DicomTag(uint Number)
{
    public static readonly DicomTag
        MetaGroupLength = new(0x0002_0000),
        MetaVersion = new(0x0002_0001),
        MediaStorageSopClass = new(0x0002_0002),
        MediaStorageSopInstance = new(0x0002_0003),
        TransferSyntax = new(0x0002_0010),
        ImplementationClass = new(0x0002_0012),
        ImplementationVersion = new(0x0002_0013),
        SpecificCharacterSet = new(0x0008_0005),
        SopClass = new(0x0008_0016),
        SopInstance = new(0x0008_0018),
        Modality = new(0x0008_0060),
        PresentationIntentType = new(0x0008_0068),
        PatientId = new(0x0010_0020),
        IssuerOfPatientId = new(0x0010_0021),
        PatientIdentityRemoved = new(0x0012_0062),
        DeidentificationMethod = new(0x0012_0063),
        SamplesPerPixel = new(0x0028_0002),
        PhotometricInterpretation = new(0x0028_0004),
        NumberOfFrames = new(0x0028_0008),
        Rows = new(0x0028_0010),
        Columns = new(0x0028_0011),
        BitsAllocated = new(0x0028_0100),
        BitsStored = new(0x0028_0101),
        HighBit = new(0x0028_0102),
        PixelRepresentation = new(0x0028_0103),
        PixelPaddingValue = new(0x0028_0120),
        PixelPaddingRangeLimit = new(0x0028_0121),
        BurnedInAnnotation = new(0x0028_0301),
        WindowCenter = new(0x0028_1050),
        WindowWidth = new(0x0028_1051),
        RescaleIntercept = new(0x0028_1052),
        RescaleSlope = new(0x0028_1053),
        VoiLutFunction = new(0x0028_1056),
        ModalityLutSequence = new(0x0028_3000),
        LutDescriptor = new(0x0028_3002),
        LutData = new(0x0028_3006),
        VoiLutSequence = new(0x0028_3010),
        PixelData = new(0x7FE0_0010),
        Item = new(0xFFFE_E000),
        ItemDelimitation = new(0xFFFE_E00D),
        SequenceDelimitation = new(0xFFFE_E0DD);

    public int Group => (int)(Number >> 16);

    /// <summary>Whether a vendor, not the standard, defines it (PS3.5, 7.8).</summary>
    public bool IsPrivate => (Group & 1) == 1;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Group:X4},{Number & 0xFFFF:X4})");
}
