using System.Runtime.InteropServices;

namespace Lamina.Svm;

/// <summary>
/// A virtual machine control block: one page, of which the hardware reads and writes the parts named here (AMD APM vol. 2, 15.5.1 and appendix B).
/// It lies in a page of its own, is reached by pointer, and its HPA is what VMRUN is given.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4096)]
public struct Vmcb
{
    /// <summary>What is intercepted, injected and reported.</summary>
    [FieldOffset(0)] public VmcbControlArea Control;
    /// <summary>The guest's registers.</summary>
    [FieldOffset(0x400)] public VmcbStateSaveArea State;
}
