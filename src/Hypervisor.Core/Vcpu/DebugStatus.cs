namespace Lamina.Core;

/// <summary>The bits of DR6 that the hypervisor looks at (AMD APM vol. 2, 13.1.1.3; Intel SDM vol. 3, 18.2.3).</summary>
public static class DebugStatus
{
    /// <summary>B0 to B3: the breakpoints whose conditions were met.</summary>
    public const ulong Breakpoints = 0xF;
    /// <summary>BD: a debug register was about to be accessed, with DR7.GD set.</summary>
    public const ulong GeneralDetect = 1 << 13;
    /// <summary>BS: a single step was what raised #DB.</summary>
    public const ulong SingleStep = 1 << 14;
}
