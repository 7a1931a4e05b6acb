using System;

namespace Lamina.Core;

// The feature bits that the policy speaks of, by register (AMD APM vol. 3, appendix E; Intel SDM vol. 2, CPUID). A bit with no name here is never shown.

/// <summary>Leaf 1, ECX.</summary>
[Flags]
internal enum FeaturesEcx : uint
{
    Sse3 = 1 << 0,
    Pclmulqdq = 1 << 1,
    Monitor = 1 << 3,
    Vmx = 1 << 5,
    Ssse3 = 1 << 9,
    Fma = 1 << 12,
    CmpXchg16B = 1 << 13,
    Pcid = 1 << 17,
    Sse41 = 1 << 19,
    Sse42 = 1 << 20,
    X2Apic = 1 << 21,
    Movbe = 1 << 22,
    Popcnt = 1 << 23,
    TscDeadline = 1 << 24,
    Aes = 1 << 25,
    Xsave = 1 << 26,
    OsXsave = 1 << 27,
    Avx = 1 << 28,
    F16C = 1 << 29,
    Rdrand = 1 << 30,
    Hypervisor = 1u << 31,

    /// <summary>What an instruction of the CPU's own does, without any state that is not switched.</summary>
    Allowed = Sse3 | Pclmulqdq | Ssse3 | CmpXchg16B | Pcid | Sse41 | Sse42 | Movbe | Popcnt | Aes | Xsave | Rdrand | NeedsAvx,
    /// <summary>What makes sense only with the YMM registers.</summary>
    NeedsAvx = Fma | Avx | F16C,
    /// <summary>What the hypervisor itself provides.</summary>
    Virtual = X2Apic | TscDeadline | Hypervisor,
}

/// <summary>Leaf 1, EDX; on AMD most of it again in leaf 0x8000_0001.</summary>
[Flags]
internal enum FeaturesEdx : uint
{
    Fpu = 1 << 0,
    Vme = 1 << 1,
    De = 1 << 2,
    Pse = 1 << 3,
    Tsc = 1 << 4,
    Msr = 1 << 5,
    Pae = 1 << 6,
    Mce = 1 << 7,
    CmpXchg8B = 1 << 8,
    Apic = 1 << 9,
    SysEnter = 1 << 11,
    Mtrr = 1 << 12,
    Pge = 1 << 13,
    Mca = 1 << 14,
    Cmov = 1 << 15,
    Pat = 1 << 16,
    Pse36 = 1 << 17,
    Clflush = 1 << 19,
    Mmx = 1 << 23,
    Fxsr = 1 << 24,
    Sse = 1 << 25,
    Sse2 = 1 << 26,
    /// <summary>Intel: caches stay coherent when a page's memory type changes, so nobody needs to write them back for it.</summary>
    SelfSnoop = 1 << 27,
    Htt = 1 << 28,

    Allowed = Shared | SysEnter | Clflush | Sse | Sse2 | SelfSnoop,
    /// <summary>The bits that AMD repeats in leaf 0x8000_0001, EDX.</summary>
    Shared = Fpu | Vme | De | Pse | Tsc | Msr | Pae | Mce | CmpXchg8B | Apic | Mtrr | Pge | Mca | Cmov | Pat | Pse36 | Mmx | Fxsr,
}

/// <summary>Leaf 7, subleaf 0, EBX.</summary>
[Flags]
internal enum StructuredEbx : uint
{
    FsGsBase = 1 << 0,
    TscAdjust = 1 << 1,
    Bmi1 = 1 << 3,
    Avx2 = 1 << 5,
    /// <summary>Intel: the x87 data pointer changes only where an exception is pending.</summary>
    X87DataPointerOnException = 1 << 6,
    Smep = 1 << 7,
    Bmi2 = 1 << 8,
    Erms = 1 << 9,
    Invpcid = 1 << 10,
    /// <summary>Intel: x87 code and data selectors are saved as zero.</summary>
    X87SelectorsAreZero = 1 << 13,
    Rdseed = 1 << 18,
    Adx = 1 << 19,
    Smap = 1 << 20,
    Clflushopt = 1 << 23,
    Clwb = 1 << 24,
    Sha = 1 << 29,

    Allowed = FsGsBase | Bmi1 | Smep | Bmi2 | Erms | Invpcid | Rdseed | Adx | Smap | Clflushopt | Clwb | Sha
        | X87DataPointerOnException | X87SelectorsAreZero | NeedsAvx,
    NeedsAvx = Avx2,
    Virtual = TscAdjust,
}

/// <summary>Leaf 7, subleaf 0, ECX.</summary>
[Flags]
internal enum StructuredEcx : uint
{
    Umip = 1 << 2,
    Gfni = 1 << 8,
    Vaes = 1 << 9,
    Vpclmulqdq = 1 << 10,
    Rdpid = 1 << 22,

    Allowed = Umip | Gfni | Rdpid | NeedsAvx,
    NeedsAvx = Vaes | Vpclmulqdq,
}

/// <summary>Leaf 7, subleaf 0, EDX.</summary>
[Flags]
internal enum StructuredEdx : uint
{
    FastShortRepMov = 1 << 4,
    /// <summary>Intel: VERW also clears the CPU's buffers; an instruction, with no MSR to it.</summary>
    VerwClearsBuffers = 1 << 10,
    /// <summary>Intel: SERIALIZE.</summary>
    Serialize = 1 << 14,

    Allowed = FastShortRepMov | VerwClearsBuffers | Serialize,
}

/// <summary>Leaf 0xD, subleaf 1, EAX.</summary>
[Flags]
internal enum XsaveEax : uint
{
    Xsaveopt = 1 << 0,
    Xsavec = 1 << 1,
    Xgetbv1 = 1 << 2,

    Allowed = Xsaveopt | Xsavec | Xgetbv1,
}

/// <summary>Leaf 0x8000_0001, ECX.</summary>
[Flags]
internal enum ExtendedEcx : uint
{
    LahfSahf = 1 << 0,
    CmpLegacy = 1 << 1,
    Svm = 1 << 2,
    AdvancedBitManipulation = 1 << 5,
    Sse4A = 1 << 6,
    MisalignedSse = 1 << 7,
    Prefetch = 1 << 8,
    Xop = 1 << 11,
    Fma4 = 1 << 16,
    Tbm = 1 << 21,
    TopologyExtensions = 1 << 22,

    Allowed = LahfSahf | AdvancedBitManipulation | Sse4A | MisalignedSse | Prefetch | TopologyExtensions | NeedsAvx,
    NeedsAvx = Xop | Fma4 | Tbm,
}

/// <summary>Leaf 0x8000_0001, EDX, beside the bits of <see cref="FeaturesEdx.Shared"/>.</summary>
[Flags]
internal enum ExtendedEdx : uint
{
    Syscall = 1 << 11,
    NoExecute = 1 << 20,
    MmxExtensions = 1 << 22,
    FastFxsr = 1 << 25,
    Page1G = 1 << 26,
    Rdtscp = 1 << 27,
    LongMode = 1 << 29,
    ThreeDNowExtensions = 1 << 30,
    ThreeDNow = 1u << 31,

    Allowed = Syscall | NoExecute | MmxExtensions | FastFxsr | Page1G | Rdtscp | LongMode | ThreeDNowExtensions | ThreeDNow,
}

/// <summary>Leaf 0x8000_0008, EBX.</summary>
[Flags]
internal enum AddressSizeEbx : uint
{
    Clzero = 1 << 0,
    XsaveErrorPointers = 1 << 2,

    Allowed = Clzero | XsaveErrorPointers,
}

/// <summary>Leaf 0x8000_0021, EAX.</summary>
[Flags]
internal enum Extended21Eax : uint
{
    NoNestedDataBreakpoints = 1 << 0,
    LfenceSerializes = 1 << 2,
    NullSelectorClearsBase = 1 << 6,

    Allowed = NoNestedDataBreakpoints | LfenceSerializes | NullSelectorClearsBase,
}

/// <summary>KVM's leaf 0x4000_0001 (here 0x4000_0101), EAX: what Linux may use of it.</summary>
[Flags]
internal enum KvmFeatures : uint
{
    /// <summary>The clock by its old MSRs, 0x11 and 0x12.</summary>
    ClockSource = 1 << 0,
    /// <summary>Port 0x80 is no delay worth having.</summary>
    NoIoDelay = 1 << 1,
    /// <summary>The clock by its new MSRs, from 0x4B56_4D00.</summary>
    ClockSource2 = 1 << 3,
    /// <summary>Steal time.</summary>
    StealTime = 1 << 5,
    /// <summary>The clock's stable bit can be believed: its readings never go back between vCPUs.</summary>
    ClockSourceStable = 1 << 24,

    Provided = ClockSource | NoIoDelay | ClockSource2 | StealTime | ClockSourceStable,
}
