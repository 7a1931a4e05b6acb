using System.Linq;

namespace Lamina.Core.Tests.Manifest;

public class CpuSetTests
{
    private const int MostCpus = 256;

    [Fact]
    public void A_cpu_is_in_it_by_its_bit() =>
        Enumerable.Range(0, MostCpus).Where(new CpuSet(1UL << 63 | 1UL << 31 | 1).Contains).Should().Equal(0, 31, 63);

    [Fact]
    public void Those_that_no_bit_stands_for_are_in_the_set_of_all_alone()
    {
        Enumerable.Range(0, MostCpus).Should().OnlyContain(cpu => CpuSet.All.Contains(cpu));
        Enumerable.Range(0, MostCpus).Where(new CpuSet(ulong.MaxValue - 1).Contains).Should().Equal(Enumerable.Range(1, 63));
    }

    [Fact]
    public void None_are_in_the_empty_one() => Enumerable.Range(0, MostCpus).Should().NotContain(cpu => default(CpuSet).Contains(cpu));
}
