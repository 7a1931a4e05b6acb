using System.Runtime;
using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// The registers of a vCPU that no world switch touches: x87, SSE, AVX, PKRU, XCR0 and DR0 to DR3. They are in the CPU until another vCPU is entered there,
/// as no code of ours uses them (XMM0 to XMM5 apart, which the world switch does switch). Used by the CPU that owns the vCPU.
/// Bounds: all accesses are to the page that the constructor is given, as <see cref="SwitchedState"/> lays it out.
/// </summary>
public sealed unsafe class SwitchedRegisters
{
    private readonly SwitchedState* _state;
    private readonly ulong _components;
    private ulong _xcr0;

    /// <summary>The registers as after RESET. <paramref name="page"/>: HVA of a cleared page that belongs to the vCPU.</summary>
    public SwitchedRegisters(byte* page, SwitchedFeatures features)
    {
        _state = (SwitchedState*)page;
        _components = features.Components;
        Reset();
    }

    /// <summary>Whether they are in the CPU.</summary>
    public bool AreLoaded { get; private set; }

    /// <summary>XMM0 to XMM5 while C# runs (HVA): the world switch stores and loads them there.</summary>
    public VectorRegisters* Vectors => &_state->Vectors;

    /// <summary>TSC_AUX: what RDTSCP and RDPID give. The backend puts it into the CPU.</summary>
    public ref ulong TscAux => ref _state->TscAux;

    /// <summary>
    /// XCR0. The CPU's own is asked while they are loaded, as it may be another than was set here: QEMU 7.2 does not intercept XSETBV under AMD-V, and the
    /// guest's own then takes effect.
    /// </summary>
    public ulong Xcr0
    {
        get
        {
            KeepXcr0();
            return _xcr0;
        }
        set
        {
            _xcr0 = value;
            if (AreLoaded && _components != 0) WriteXcr0(value);
        }
    }

    /// <summary>DR0 to DR3; <paramref name="number"/> is taken modulo 4.</summary>
    public ulong GetDebugAddress(int number)
    {
        if (AreLoaded) SaveDebugAddresses(_state->DebugAddresses);
        return _state->DebugAddresses[number & 3];
    }

    /// <summary>Sets DR0 to DR3; <paramref name="number"/> is taken modulo 4.</summary>
    public void SetDebugAddress(int number, ulong value)
    {
        if (AreLoaded) SaveDebugAddresses(_state->DebugAddresses);
        _state->DebugAddresses[number & 3] = value;
        if (AreLoaded) LoadDebugAddresses(_state->DebugAddresses);
    }

    /// <summary>RESET (AMD APM vol. 2, 14.1.3; Intel SDM vol. 3, 10.1.1). They are in the CPU no longer.</summary>
    public void Reset()
    {
        AreLoaded = false;
        *_state = default;
        _xcr0 = XsaveComponents.X87;
        _state->X87ControlWord = 0x40;
        _state->X87Tags = 0xFF;
        _state->Mxcsr = 0x1F80;
        _state->ComponentsInUse = XsaveComponents.X87 | XsaveComponents.Sse;
    }

    /// <summary>Puts them into the CPU.</summary>
    public void Load()
    {
        AreLoaded = true;
        LoadExtendedState(_state, _components, _xcr0);
        LoadDebugAddresses(_state->DebugAddresses);
    }

    /// <summary>Takes them out again. XMM0 to XMM5 in the CPU are C#'s: the guest's own are in <see cref="Vectors"/>, and loaded from there at each entry.</summary>
    public void Unload()
    {
        KeepXcr0();
        AreLoaded = false;
        SaveExtendedState(_state, _components);
        SaveDebugAddresses(_state->DebugAddresses);
    }

    private void KeepXcr0()
    {
        if (AreLoaded && _components != 0) _xcr0 = ReadXcr0();
    }

    // The seam to SwitchedRegisters.asm: on the host, where nothing is ever loaded, these are not called.

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SwitchedSetXcr0")]
    private static extern void WriteXcr0(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SwitchedGetXcr0")]
    private static extern ulong ReadXcr0();

    /// <summary>XSAVE of <paramref name="components"/>, or FXSAVE when they are 0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SwitchedSaveExtendedState")]
    private static extern void SaveExtendedState(SwitchedState* area, ulong components);

    /// <summary>XRSTOR of <paramref name="components"/>, then XCR0 of the guest; or FXRSTOR when they are 0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SwitchedLoadExtendedState")]
    private static extern void LoadExtendedState(SwitchedState* area, ulong components, ulong xcr0);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SwitchedSaveDebugAddresses")]
    private static extern void SaveDebugAddresses(ulong* four);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SwitchedLoadDebugAddresses")]
    private static extern void LoadDebugAddresses(ulong* four);
}
