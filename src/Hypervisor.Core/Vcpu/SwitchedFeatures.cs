namespace Lamina.Core;

/// <summary>What a CPU has of the state that <see cref="SwitchedRegisters"/> switches. Read once.</summary>
public sealed class SwitchedFeatures
{
    private const uint ExtendedFeatures = 0x8000_0001, XsaveLeaf = 0xD, StandardFeatures = 1;
    private const uint RdtscpBit = 1 << 27, XsaveBit = 1 << 26;
    private const int LegacyAndHeader = 576;
    private const int HighestComponent = 9;

    /// <summary>The components of XCR0 that guests may enable (x87, SSE, AVX), and PKRU, which they reach by CR4 alone.</summary>
    private const ulong Switchable = XsaveComponents.X87 | XsaveComponents.Sse | XsaveComponents.Avx | XsaveComponents.ProtectionKeys;

    /// <summary>Whether there is RDTSCP, and with it TSC_AUX.</summary>
    public bool HasTscAux { get; private init; }

    /// <summary>The components that XSAVE switches between vCPUs; 0 where there is no XSAVE but FXSAVE.</summary>
    public ulong Components { get; private init; }

    /// <summary>Bytes that these take in an XSAVE area.</summary>
    public int Size { get; private init; }

    /// <summary>Asks a CPU.</summary>
    public static SwitchedFeatures Read(Cpu cpu)
    {
        ulong components = 0;
        int size = 0;
        if ((cpu.ReadCpuid(StandardFeatures, 0).Ecx & XsaveBit) != 0)
        {
            var xsave = cpu.ReadCpuid(XsaveLeaf, 0);
            components = (xsave.Eax | (ulong)xsave.Edx << 32) & Switchable;
            size = LegacyAndHeader;
            for (int i = 2; i <= HighestComponent; i++)
            {
                if ((components >> i & 1) == 0) continue;
                var component = cpu.ReadCpuid(XsaveLeaf, (uint)i);
                size = System.Math.Max(size, (int)(component.Ebx + component.Eax));
            }
        }
        return new SwitchedFeatures
        {
            HasTscAux = (cpu.ReadCpuid(ExtendedFeatures, 0).Edx & RdtscpBit) != 0,
            Components = components,
            Size = size,
        };
    }

    /// <summary>How it begins when a second CPU is refused.</summary>
    public const string Differs = "this CPU differs from the one that booted: ";

    /// <summary>What of this <paramref name="other"/>, that of another CPU, does not have; null when vCPUs can go from here to there and back.</summary>
    public string? FindLack(SwitchedFeatures other)
    {
        if (HasTscAux && !other.HasTscAux) return "it lacks RDTSCP (CPUID 8000_0001 EDX bit 27)";
        if ((Components & ~other.Components) != 0) return "it lacks XSAVE, or one of the components x87, SSE, AVX and PKRU (CPUID 0D EAX)";
        return Components == other.Components && Size != other.Size ? "its XSAVE area is laid out differently (CPUID 0D)" : null;
    }

    /// <summary>Why vCPUs cannot be switched on this CPU, in words; null when they can.</summary>
    public string? FindObstacle() => Size > SwitchedState.ExtendedStateCapacity
        ? "the CPU's XSAVE area for x87, SSE, AVX and PKRU is larger than 3904 bytes, for which Lamina has no room"
        : null;
}
