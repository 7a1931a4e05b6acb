using System.Runtime.InteropServices;

namespace Lamina.Host;

/// <summary>What CPUID returns.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CpuIdResult
{
    /// <summary>EAX.</summary>
    public uint Eax;

    /// <summary>EBX.</summary>
    public uint Ebx;

    /// <summary>ECX.</summary>
    public uint Ecx;

    /// <summary>EDX.</summary>
    public uint Edx;
}
