namespace Lamina.Core;

/// <summary>The MSRs of one vCPU that are kept in plain fields.</summary>
public sealed class VcpuMsrs
{
    /// <summary>As after RESET.</summary>
    public void Reset() { }
}
