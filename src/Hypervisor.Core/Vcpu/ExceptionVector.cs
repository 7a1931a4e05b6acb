namespace Lamina.Core;

/// <summary>Exception vectors (AMD APM vol. 2, 8.2; Intel SDM vol. 3, 6.15).</summary>
public enum ExceptionVector : byte
{
    /// <summary>#DE.</summary>
    DivideError = 0,
    /// <summary>#DB.</summary>
    Debug = 1,
    /// <summary>NMI.</summary>
    NonMaskableInterrupt = 2,
    /// <summary>#BP.</summary>
    Breakpoint = 3,
    /// <summary>#OF.</summary>
    Overflow = 4,
    /// <summary>#BR.</summary>
    BoundRange = 5,
    /// <summary>#UD.</summary>
    InvalidOpcode = 6,
    /// <summary>#NM.</summary>
    DeviceNotAvailable = 7,
    /// <summary>#DF, error code 0.</summary>
    DoubleFault = 8,
    /// <summary>#TS, error code.</summary>
    InvalidTaskState = 10,
    /// <summary>#NP, error code.</summary>
    SegmentNotPresent = 11,
    /// <summary>#SS, error code.</summary>
    StackFault = 12,
    /// <summary>#GP, error code.</summary>
    GeneralProtection = 13,
    /// <summary>#PF, error code and CR2.</summary>
    PageFault = 14,
    /// <summary>#MF.</summary>
    X87FloatingPoint = 16,
    /// <summary>#AC, error code.</summary>
    AlignmentCheck = 17,
    /// <summary>#MC.</summary>
    MachineCheck = 18,
    /// <summary>#XF.</summary>
    SimdFloatingPoint = 19,
    /// <summary>#CP, error code.</summary>
    ControlProtection = 21,
}
