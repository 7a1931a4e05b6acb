using Lamina.Testing;

namespace Lamina.Core.Tests;

public sealed class CpuTopologyTests
{
    private const uint Threads = 1, Cores = 2;

    [Fact]
    public void Leaf_0B_says_it()
    {
        var cpuid = new FakeCpuid(intel: true) { [0xB] = Level(bits: 1, Threads), [0xB, 1] = Level(bits: 4, Cores) };
        BitsOf(cpuid).Should().Be(1);
        cpuid[0x1F] = Level(bits: 2, Threads);
        BitsOf(cpuid).Should().Be(2, "leaf 1F goes before");
        cpuid[0] = new(0x1E, 0, 0, 0);
        BitsOf(cpuid).Should().Be(1, "leaf 1F is not there");
    }

    [Fact]
    public void A_first_level_of_cores_has_no_threads() => BitsOf(new FakeCpuid(intel: true) { [0xB] = Level(bits: 3, Cores) }).Should().Be(0);

    [Theory]
    [InlineData(1, 0), InlineData(2, 1), InlineData(3, 2), InlineData(4, 2)]
    public void AMD_counts_them_in_leaf_8000_001E(int threads, int bits)
    {
        var cpuid = new FakeCpuid { [0x8000_001E] = new(0, (uint)(threads - 1) << 8 | 0xA5, 0, 0) };
        BitsOf(cpuid).Should().Be(bits);
        cpuid[0x8000_0001] = new(0, 0, uint.MaxValue & ~(1u << 22), 0);
        BitsOf(cpuid).Should().Be(0, "the leaf means nothing without the feature");
    }

    [Fact]
    public void Real_dumps_of_one_CPU_have_none()
    {
        BitsOf(CpuidDumps.Haswell).Should().Be(0);
        BitsOf(CpuidDumps.Trinity).Should().Be(0);
    }

    [Fact]
    public void A_CPU_that_does_not_say_has_none() => BitsOf(FakeCpuid.Parse("")).Should().Be(0);

    private static CpuidResult Level(uint bits, uint type) => new(bits, 2, type << 8, 0);

    private static int BitsOf(FakeCpuid cpuid) => CpuTopology.ThreadBits(new FakeCpu { Cpuid = cpuid });
}
