namespace Lamina.Vmx;

/// <summary>The order in which a VMCS has the fields of the segments.</summary>
internal enum SegmentNumber
{
    Es,
    Cs,
    Ss,
    Ds,
    Fs,
    Gs,
    Ldtr,
    Tr,
}
