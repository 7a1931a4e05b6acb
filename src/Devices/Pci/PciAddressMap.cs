using System;

namespace Lamina.Devices;

/// <summary>
/// Where in the host bridge's windows the functions' base address registers lie now: made anew when one of them or a command register changes, which is rare, so that an
/// access, which is the hottest exit there is, finds its function at once. Ports by a table of the whole window; memory by the claim that was hit last, else by a walk over the few
/// that there are. Where two overlap, the lower device is found.
/// </summary>
internal sealed class PciAddressMap
{
    /// <summary>The least size of a base address register for ports (PCI Local Bus 3.0, 6.2.5.1), to which it is aligned.</summary>
    private const int PortGranule = 4;

    private struct Claim
    {
        public ulong Start;
        public ulong Length;
        public PciFunction Function;
        public int Bar;
    }

    private readonly Claim[] _ports = new Claim[1 + PciHost.Devices * PciFunction.Bars];
    /// <summary>By port in the window: the number of its claim, or 0. There are fewer than 256.</summary>
    private readonly byte[] _portClaims = new byte[PciWindows.IoLength / PortGranule];
    private readonly Claim[] _memory = new Claim[PciHost.Devices * PciFunction.Bars];
    private int _portCount;
    private int _memoryCount;
    private int _lastHit;

    /// <summary>Looks at all functions again.</summary>
    public void Rebuild(ReadOnlySpan<PciFunction?> functions)
    {
        _portCount = 0;
        _memoryCount = 0;
        _lastHit = 0;
        _portClaims.AsSpan().Clear();
        for (int device = 0; device < functions.Length; device++)
        {
            if (functions[device] is not { } function) continue;
            for (int bar = 0; bar < PciFunction.Bars; bar++)
            {
                if (!function.TryGetBar(bar, out var kind, out ulong address, out ulong size)) continue;
                var claim = new Claim { Start = address, Length = size, Function = function, Bar = bar };
                if (kind == PciBarKind.Io) AddPorts(claim);
                else _memory[_memoryCount++] = claim;
            }
        }
    }

    /// <summary>Which function has all of an access of ports in the window, and where; null when none has.</summary>
    public PciFunction? FindPort(ushort port, int size, out int bar, out ulong offset)
    {
        ref readonly var claim = ref _ports[_portClaims[(port - PciWindows.IoStart) / PortGranule]];
        bar = claim.Bar;
        offset = port - claim.Start;
        return offset + (uint)size <= claim.Length ? claim.Function : null;
    }

    /// <summary>Which function has all of an access at a GPA, and where; null when none has.</summary>
    public PciFunction? FindMemory(ulong gpa, int size, out int bar, out ulong offset)
    {
        if (Has(_lastHit, gpa, size)) return Found(_lastHit, gpa, out bar, out offset);
        for (int i = 0; i < _memoryCount; i++)
        {
            if (!Has(i, gpa, size)) continue;
            _lastHit = i;
            return Found(i, gpa, out bar, out offset);
        }
        bar = 0;
        offset = 0;
        return null;
    }

    private bool Has(int index, ulong gpa, int size)
    {
        ref readonly var claim = ref _memory[index];
        ulong offset = gpa - claim.Start;
        return index < _memoryCount && offset < claim.Length && (ulong)size <= claim.Length - offset;
    }

    private PciFunction Found(int index, ulong gpa, out int bar, out ulong offset)
    {
        ref readonly var claim = ref _memory[index];
        bar = claim.Bar;
        offset = gpa - claim.Start;
        return claim.Function;
    }

    private void AddPorts(in Claim claim)
    {
        _ports[++_portCount] = claim;
        for (ulong port = claim.Start; port < claim.Start + claim.Length; port += PortGranule)
        {
            ulong place = (port - PciWindows.IoStart) / PortGranule;
            if (port >= PciWindows.IoStart && place < (ulong)_portClaims.Length && _portClaims[place] == 0) _portClaims[place] = (byte)_portCount;
        }
    }
}
