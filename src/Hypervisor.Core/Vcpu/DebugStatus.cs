namespace Lamina.Core;

/// <summary>The bits of DR6 that the hypervisor looks at (AMD APM vol. 2, 13.1.1.3; Intel SDM vol. 3, 18.2.3).</summary>
public static class DebugStatus
{
    /// <summary>BS: a single step was what raised #DB.</summary>
    public const ulong SingleStep = 1 << 14;
}
