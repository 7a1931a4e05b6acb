using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>One end of a wire: an interface of a VM.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct WireEnd
{
    /// <summary>The VM's index among the manifest's VMs.</summary>
    public uint Vm;

    /// <summary>The interface's index among those of that VM.</summary>
    public uint Interface;
}
