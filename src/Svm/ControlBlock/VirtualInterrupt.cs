using System;

namespace Lamina.Svm;

/// <summary>The virtual interrupt's fields (AMD APM vol. 2, table B-1, offset 060h; 15.21). V_TPR and V_INTR_PRIO are always 0 here.</summary>
[Flags]
public enum VirtualInterrupt : ulong
{
    /// <summary>V_IRQ: a virtual interrupt is pending.</summary>
    Pending = 1 << 8,
    /// <summary>V_IGN_TPR: whatever its priority.</summary>
    IgnoreTaskPriority = 1 << 20,
    /// <summary>V_INTR_MASKING: the guest's IF and TPR are its own, and physical interrupts follow the host's.</summary>
    MaskingIsVirtual = 1 << 24,
    /// <summary>V_INTR_VECTOR: the vector that the pending interrupt is delivered with.</summary>
    Vector = 0xFFUL << 32,
}
