using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Boot.Tests;

public class VmSpreadTests
{
    private const int MostCpus = 8, MostVms = 10, MostVcpus = 12;

    /// <summary>The CPUs of a machine, some of which cannot have VMs, and VMs with masks of which some name none that is there.</summary>
    private static readonly Arbitrary<(int[] Cpus, CpuDemand[] Vms)> s_machines = Arb.From(
        from there in Gen.Choose(1, (1 << MostCpus) - 1)
        from count in Gen.Choose(1, MostVms)
        from vms in (
            from vcpus in Gen.Choose(1, MostVcpus)
            from weight in Gen.Choose(1, 400)
            from mask in Gen.OneOf(Gen.Constant(ulong.MaxValue), Gen.Choose(1, (1 << MostCpus) - 1).Select(bits => (ulong)bits))
            select new CpuDemand(vcpus, weight, new CpuSet(mask))).ArrayOf(count)
        select (Enumerable.Range(0, MostCpus).Where(cpu => (there >> cpu & 1) != 0).ToArray(), vms));

    [Fact]
    public void OneCpuHasAll() => Homes([0], One(100), One(200), One(300)).Should().Equal(0, 0, 0);

    [Fact]
    public void EqualOnesGoAround() => Homes([0, 1], One(100), One(100), One(100), One(100)).Should().Equal(0, 1, 0, 1);

    [Fact]
    public void OneThatWeighsMuchIsLeftAlone() => Homes([0, 1], One(400), One(100), One(100), One(100)).Should().Equal(0, 1, 1, 1);

    [Fact]
    public void MoreCpusThanVmsStayIdle() => Homes([0, 1, 2, 3, 4, 5, 6, 7], One(100), One(10_000)).Should().Equal(0, 1);

    [Fact]
    public void MasksAreObeyedAgainstTheOrder() => Homes([0, 1], One(100, 0b10), One(100, 0b01)).Should().Equal(1, 0);

    [Fact]
    public void WhoCanChooseMakesRoomForWhoCannot() => Homes([0, 1, 2], One(100), One(100, 0b011), One(100, 0b001)).Should().Equal(2, 1, 0);

    [Fact]
    public void AMaskNamesNumbersAndNotPlaces() => Homes([0, 2, 5], One(100, 1 << 5), One(100, 1 << 2 | 1 << 1)).Should().Equal(2, 1);

    [Fact]
    public void CpusThatNoMaskCanNameAreForThoseWithoutOne() => Homes([63, 64, 255], One(100, 1UL << 63), One(100), One(100)).Should().Equal(0, 1, 2);

    [Fact]
    public void WhoIsAllowedNoneOfThemHasNone()
    {
        int[][] places = VmSpread.Over([0, 1], [new CpuDemand(2, 100, new CpuSet(0b100)), One(100)]);
        places[0].Should().BeEmpty();
        places[1].Should().Equal(0);
    }

    [Fact]
    public void TheVcpusOfAVmGoToDifferentCpusWhateverTheyWeigh() =>
        VmSpread.Over([0, 1, 2], [One(10_000, 0b001), new CpuDemand(5, 100, CpuSet.All)])[1].Should().Equal(1, 2, 0, 1, 2);

    [Fact]
    public void AWeightIsThatOfEachVcpu()
    {
        int[][] places = VmSpread.Over([0, 1], [new CpuDemand(4, 100, CpuSet.All), One(150), One(20), One(20)]);
        places.Select(each => each[0]).Should().Equal(0, 0, 1, 1);
    }

    [Fact]
    public void EachVcpuIsWhereItMayBeAndTheVcpusOfAVmAreApart() =>
        Prop.ForAll(s_machines, machine =>
        {
            (int[] cpus, CpuDemand[] vms) = machine;
            int[][] places = VmSpread.Over(cpus, vms);
            for (int vm = 0; vm < vms.Length; vm++)
            {
                int[] choices = [.. Enumerable.Range(0, cpus.Length).Where(place => vms[vm].Allowed.Contains(cpus[place]))];
                places[vm].Should().HaveCount(choices.Length == 0 ? 0 : vms[vm].Vcpus).And.BeSubsetOf(choices);
                int[] own = [.. choices.Select(place => places[vm].Count(each => each == place))];
                if (own.Length != 0) (own.Max() - own.Min()).Should().BeInRange(0, 1);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>A VM without a mask that is behind all others in the manifest is placed after them.</summary>
    [Fact]
    public void TheOneThatIsPlacedLastIsWhereThereIsLeastToDo() =>
        Prop.ForAll(s_machines, machine =>
        {
            (int[] cpus, CpuDemand[] vms) = (machine.Cpus, [.. machine.Vms.Select(vm => new CpuDemand(1, vm.Weight, vm.Allowed)), One(1)]);
            int[][] places = VmSpread.Over(cpus, vms);
            var load = new long[cpus.Length];
            for (int vm = 0; vm < vms.Length - 1; vm++)
                if (places[vm].Length != 0) load[places[vm][0]] += vms[vm].Weight;
            places[^1][0].Should().Be(Array.IndexOf(load, load.Min()));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>What the pinned ones leave is filled up by the others, as evenly as their weight allows, wherever they stand in the manifest.</summary>
    [Fact]
    public void ThoseWithoutAMaskEvenOutWhatThePinnedOnesLeave() =>
        Prop.ForAll(s_machines, Arb.From(Gen.Choose(1, 400)), (machine, weight) =>
        {
            int[] cpus = machine.Cpus;
            CpuDemand[] vms = [.. machine.Vms.Select((vm, i) => i % 2 == 0 ? One(weight) : One(vm.Weight, 1UL << cpus[i % cpus.Length]))];
            int[] homes = Homes(cpus, vms);
            var load = new long[cpus.Length];
            for (int vm = 0; vm < vms.Length; vm++) load[homes[vm]] += vms[vm].Weight;
            for (int vm = 0; vm < vms.Length; vm += 2) (load[homes[vm]] - load.Min()).Should().BeLessThanOrEqualTo(weight);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static CpuDemand One(int weight, ulong mask = ulong.MaxValue) => new(1, weight, new CpuSet(mask));

    private static int[] Homes(int[] cpus, params CpuDemand[] vms) => [.. VmSpread.Over(cpus, vms).Select(places => places.Single())];
}
