using Lamina.Core;
using Lamina.Devices;

namespace Lamina.Boot;

/// <summary>
/// The wires of the manifest: made at boot, in memory of their own, and never gone. A port into which nothing is plugged has a wire too, whose other end is loose: its link is down.
/// </summary>
internal sealed class Wires
{
    /// <summary>What the objects of a wire take beside its rings, several times over.</summary>
    private const int PagesPerWire = 2;

    private const ulong BitsPerByte = 8;

    /// <summary>By the VM's number, then the interface's.</summary>
    private readonly WireTerminal[][] _terminals;

    private Wires(BootManifest manifest, ulong tscFrequency)
    {
        _terminals = new WireTerminal[manifest.VmCount][];
        for (int vm = 0; vm < _terminals.Length; vm++) _terminals[vm] = new WireTerminal[manifest.GetVm(vm).InterfaceCount];
        for (int i = 0; i < manifest.WireCount; i++)
        {
            var description = manifest.GetWire(i);
            var policy = new WirePolicy(description.BitsPerSecond / BitsPerByte, whenFull: description.WhenFull);
            var wire = new Wire("", policy, policy, tscFrequency);
            _terminals[description.Port.Vm][description.Port.Interface] = wire.First;
            _terminals[description.Plug.Vm][description.Plug.Interface] = wire.Second;
        }
        // A loose end needs no room: it gets as little as there is.
        var loose = new WirePolicy(ringBytes: WirePolicy.LeastRing);
        foreach (var terminals in _terminals)
            for (int i = 0; i < terminals.Length; i++)
                terminals[i] ??= new Wire("", loose, loose, tscFrequency).First;
    }

    /// <summary>Makes them all. Null when there is not enough memory.</summary>
    public static Wires? TryCreate(BootManifest manifest, HostMemory memory, ulong tscFrequency)
    {
        int interfaces = 0;
        for (int vm = 0; vm < manifest.VmCount; vm++) interfaces += manifest.GetVm(vm).InterfaceCount;
        int loose = interfaces - 2 * manifest.WireCount;
        // Each has a ring for either direction.
        int ringPages = 2 * (manifest.WireCount * WirePolicy.DefaultRing + loose * WirePolicy.LeastRing) / HostPages.PageSize;
        var arena = new VmArena(memory);
        if (!arena.TryAllocate(ringPages + PagesPerWire * (manifest.WireCount + loose) + 1)) return null;
        arena.Enter();
        var wires = new Wires(manifest, tscFrequency);
        VmArena.Leave();
        return wires;
    }

    /// <summary>
    /// At boot, before any VM is built: where the ends of a VM's interfaces are. <paramref name="home"/> runs the VM, <paramref name="supervisor"/> builds and ends it.
    /// </summary>
    public void Place(int vm, Cpu home, Cpu supervisor)
    {
        foreach (var end in _terminals[vm]) end.Place(home, supervisor);
    }

    /// <summary>The end that belongs to an interface of a VM, both by their numbers in the manifest.</summary>
    public WireTerminal EndOf(int vm, int interfaceNumber) => _terminals[vm][interfaceNumber];
}
