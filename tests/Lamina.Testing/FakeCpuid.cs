using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Lamina.Core;

namespace Lamina.Testing;

/// <summary>A physical CPU's CPUID from a table; leaves that are not in it answer zeros. As made, a CPU of AMD's that has every feature there is.</summary>
public sealed class FakeCpuid
{
    private readonly Dictionary<(uint Leaf, uint Subleaf), CpuidResult> _leaves = [];

    /// <summary>An AMD CPU with all feature bits set, or an Intel one.</summary>
    public FakeCpuid(bool intel = false)
    {
        this[0] = intel ? new(0x20, 0x756E6547, 0x6C65746E, 0x49656E69) : new(0x10, 0x68747541, 0x444D4163, 0x69746E65);
        this[1] = new(0x0083_0F10, 0x0010_0800, uint.MaxValue, uint.MaxValue);
        this[7] = new(2, uint.MaxValue, uint.MaxValue, uint.MaxValue);
        this[0xA] = new(0x0730_0404, 0, 0, 0x603);
        this[0xD] = new(0x2E7, 0x340, 0xA88, 0);
        this[0xD, 1] = new(0x1F, 0x340, 0, 0);
        this[0xD, 2] = new(0x100, 0x240, 0, 0);
        this[0x8000_0000] = intel ? new(0x8000_0008, 0, 0, 0) : new(0x8000_0023, 0x68747541, 0x444D4163, 0x69746E65);
        this[0x8000_0001] = new(0x0083_0F10, 0x4000_0000, uint.MaxValue, uint.MaxValue);
        for (uint leaf = 0x8000_0002; leaf <= 0x8000_0004; leaf++) this[leaf] = new(leaf, leaf, leaf, leaf);
        this[0x8000_0007] = new(0, 0x1B, 0, 0x6799);
        this[0x8000_0008] = new(0x0000_3930, uint.MaxValue, 0x0000_703F, 0x1_0007);
        this[0x8000_000A] = new(1, 0x8000, 0, uint.MaxValue);
        this[0x8000_001F] = new(0x1_000F, 0x016F, 0x1FD, 1);
        this[0x8000_0021] = new(uint.MaxValue, 0, 0, 0);
        uint cacheLeaf = intel ? 4 : 0x8000_001D;
        for (uint level = 1; level <= 3; level++) this[cacheLeaf, level - 1] = new(0xFC00_C100 | level << 5 | 1, 0x01C0_003F, 0x3F, 0);
    }

    private FakeCpuid(Dictionary<(uint Leaf, uint Subleaf), CpuidResult> leaves) => _leaves = leaves;

    /// <summary>A CPU from lines of six hexadecimal numbers: leaf, subleaf, EAX, EBX, ECX, EDX.</summary>
    public static FakeCpuid Parse(string dump) => new(dump.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(words => Array.ConvertAll(words, word => uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
        .ToDictionary(numbers => (numbers[0], numbers[1]), numbers => new CpuidResult(numbers[2], numbers[3], numbers[4], numbers[5])));

    /// <summary>What a leaf answers.</summary>
    public CpuidResult this[uint leaf, uint subleaf = 0]
    {
        get => _leaves.GetValueOrDefault((leaf, subleaf));
        set => _leaves[(leaf, subleaf)] = value;
    }
}
