using System;

namespace Lamina.Svm;

/// <summary>Parts of the VMCB that have not changed since this CPU last ran it (AMD APM vol. 2, 15.15.3).</summary>
[Flags]
public enum CleanBits : uint
{
    /// <summary>I: intercepts, TSC offset, pause filter.</summary>
    Intercepts = 1 << 0,
    /// <summary>IOPM: the addresses of the permission maps.</summary>
    PermissionMaps = 1 << 1,
    /// <summary>ASID.</summary>
    Asid = 1 << 2,
    /// <summary>TPR: the virtual interrupt.</summary>
    VirtualInterrupt = 1 << 3,
    /// <summary>NP: nested paging, its root, the guest's PAT.</summary>
    NestedPaging = 1 << 4,
    /// <summary>CRx: CR0, CR3, CR4, EFER.</summary>
    ControlRegisters = 1 << 5,
    /// <summary>DRx: DR6, DR7.</summary>
    DebugRegisters = 1 << 6,
    /// <summary>DT: GDTR, IDTR.</summary>
    DescriptorTables = 1 << 7,
    /// <summary>SEG: CS, DS, SS, ES, CPL.</summary>
    Segments = 1 << 8,
    /// <summary>CR2.</summary>
    Cr2 = 1 << 9,

    /// <summary>All that is used here.</summary>
    All = (1 << 10) - 1,
}
