using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;
using Xunit.Abstractions;

namespace Lamina.SystemTests;

/// <summary>
/// What VMs that never sleep get of two CPUs, by the hypervisor's account, in ten seconds or more. A VM's share is what it had of the time that it wanted, both by that account, so that nothing
/// depends on when a line of the list is written, or on how fast the machine is.
/// <para>
/// Where instructions are counted, the emulator's CPUs take turns, and a tick is an instruction of either: nothing outside has a say. (With several CPUs it goes on like that only while none is
/// idle.) Where they are not, its CPUs run at once, and the machine that runs the emulator stops one of them for up to a second now and then: whoever has its turn pays for that, and pays back over
/// many of the others' turns. So it is looked at for longer there if need be: what a stop has shifted is ever less of the whole, what a wrong scheduler has is not. A cap's period that goes by in
/// such a stop is lost, and nothing makes up for it: caps are judged where instructions are counted.
/// </para>
/// </summary>
[Trait(Smp.Trait, Smp.Value)]
public sealed class SharesOfSeveralCpusTests(ITestOutputHelper output) : IDisposable
{
    private const int Cpus = 2;
    private const double Cap = 0.25;
    private const string Counted = "counted", Real = "real time";
    private const string First = "0", Second = "1", Both = "0-1";

    /// <summary>How long is looked at in any case, by the account: a slice is less than one per cent of the least that is due then, and a cap's period one per cent of it all.</summary>
    private const double LeastMilliseconds = 10_000;

    /// <summary>How long is looked at at most where time is the machine's.</summary>
    private const double MostMilliseconds = 120_000;

    /// <summary>How far sums may be off, as the account of each VM is read a moment later than the one before.</summary>
    private const double OfSum = 0.01;

    /// <summary>Until what the start has brought with it is past, and between two looks at the account.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    // Three by their weights; two by theirs of what the cap of the third leaves, which would have half.
    private static readonly Worker[] s_apart =
    [
        Spin(First, 100), Spin(First, 200), Spin(First, 400),
        Spin(Second, 100), Spin(Second, 300), Spin(Second, 400, cap: (int)(Cap * 100)),
    ];

    private static readonly Part[] s_partsApart =
    [
        Part.ByWeight(1 / 7.0), Part.ByWeight(2 / 7.0), Part.ByWeight(4 / 7.0),
        Part.ByWeight((1 - Cap) / 4), Part.ByWeight((1 - Cap) * 3 / 4), Part.ByCap(Cap),
    ];

    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu(Counted)]
    public async Task Each_is_shared_by_its_own_VMs(Platform platform, string time) => await Run(platform, time, s_apart, s_partsApart);

    [Theory]
    [OnQemu(Real)]
    public async Task Each_has_weights_of_its_own(Platform platform, string time) => await Run(
        platform, time, [Spin(First, 100), Spin(First, 200), Spin(First, 400), Spin(Second, 100), Spin(Second, 300)],
        [Part.ByWeight(1 / 7.0), Part.ByWeight(2 / 7.0), Part.ByWeight(4 / 7.0), Part.ByWeight(1 / 4.0), Part.ByWeight(3 / 4.0)]);

    /// <summary>
    /// Of each CPU it has what its weight gives it beside the neighbour there. The account is of both of its vCPUs together; what either has is what the neighbour leaves, as nothing is left over.
    /// </summary>
    [Theory]
    [OnQemu(Counted), OnQemu(Real)]
    public async Task One_with_a_vCPU_on_each_has_its_part_of_each(Platform platform, string time) => await Run(
        platform, time, [Spin(Both, 200) with { Vcpus = Cpus }, Spin(First, 100), Spin(Second, 200)],
        [Part.ByWeight(2 / 3.0 + 1 / 2.0), Part.ByWeight(1 / 3.0), Part.ByWeight(1 / 2.0)]);

    /// <summary>The judgement can fail: of what <see cref="Each_is_shared_by_its_own_VMs"/> expects, it finds what is not so, and that alone.</summary>
    [Fact]
    public void What_is_not_so_is_found()
    {
        BrokenIn().Should().BeEmpty();
        BrokenIn((0, Account(1.5 / 7)), (1, Account(1.5 / 7))).Should().Equal(Name(0), Name(1));
        BrokenIn((5, Account(Cap + 0.01)), (4, Account(s_partsApart[4].Share - 0.01))).Should().Equal(Name(5));
        BrokenIn((2, Account(s_partsApart[2].Share + 0.012))).Should().Equal("CPU 0");
        BrokenIn((4, Account(s_partsApart[4].Share) with { Stolen = 0 })).Should().Equal(Name(4), $"{Name(4)} awake", "CPU 1");
    }

    private static CpuAccount Account(double share) => new(share * LeastMilliseconds, (1 - share) * LeastMilliseconds);

    /// <summary>What is found where all have just what is due, but for some.</summary>
    private static IEnumerable<string> BrokenIn(params (int Worker, CpuAccount Account)[] changes)
    {
        CpuAccount[] accounts = [.. s_partsApart.Select(part => Account(part.Share))];
        foreach (var (worker, account) in changes) accounts[worker] = account;
        return Judge(s_apart, s_partsApart, accounts).Where(claim => !claim.IsKept).Select(claim => claim.What);
    }

    private async Task Run(Platform platform, string time, Worker[] workers, Part[] parts)
    {
        string kernel = Path.Combine(NeighbourGuests.Build(TestBed.Root, new Progress<string>()), NeighbourGuests.Spin);
        string manifest = Worker.Manifest(time == Counted ? workers : workers.Select(OffTheFirst), Name, kernel);
        using var machine = _bed.Start(
            platform, _bed.Write(manifest), options => time == Counted ? options with { Cpus = Cpus, InstructionCount = true } : options.WithCpus(Cpus));
        string[] names = [.. workers.Select((_, i) => Name(i))];
        foreach (string name in names) await machine.WaitForAsync($"{name}| guest spin", TestBed.GuestDeadline);
        var keyboard = new Keyboard(machine, names);
        await Task.Delay(s_pause);
        string before = await keyboard.ListAsync();
        Claim[] claims;
        double elapsed;
        do
        {
            await Task.Delay(s_pause);
            string after = await keyboard.ListAsync();
            CpuAccount[] accounts = [.. names.Select(name => CpuAccount.Of(name, after) - CpuAccount.Of(name, before))];
            claims = [.. Judge(workers, parts, accounts)];
            elapsed = accounts[^1].Wanted;
            output.WriteLine($"in {elapsed} ms:\n{string.Join('\n', claims.AsEnumerable())}");
        }
        while (elapsed < LeastMilliseconds || (time == Real && elapsed < MostMilliseconds && claims.Any(claim => !claim.IsKept)));
        claims.Should().OnlyContain(claim => claim.IsKept);
        machine.Log.Should().NotContain("FAIL").And.NotContain("error:").And.NotContain("panic");
    }

    /// <summary>Each has its part; none was asleep, or there more often than it has vCPUs; and no more and no less of a CPU was used than there is.</summary>
    private static IEnumerable<Claim> Judge(Worker[] workers, Part[] parts, CpuAccount[] accounts)
    {
        double[] shares = [.. accounts.Select((account, i) => account.Share * workers[i].Vcpus)];
        for (int i = 0; i < workers.Length; i++)
        {
            yield return new(Name(i), parts[i], shares[i]);
            yield return new($"{Name(i)} awake", new Part(1, OfSum), accounts[i].Wanted / workers[i].Vcpus / accounts[^1].Wanted);
        }
        bool isApart = workers.All(worker => worker.AllowedCpus != Both);
        foreach (var cpu in shares.Select((share, i) => (Share: share, Cpu: isApart ? workers[i].AllowedCpus : Both)).GroupBy(each => each.Cpu))
            yield return new($"CPU {cpu.Key}", new Part(isApart ? 1 : Cpus, OfSum), cpu.Sum(each => each.Share));
    }

    private static Worker Spin(string cpus, int weight, int cap = 0) => new("", weight, cap, AllowedCpus: cpus);

    /// <summary>On the next CPU each, as <see cref="Smp.WithCpus"/> wants it.</summary>
    private static Worker OffTheFirst(Worker worker) => worker with
    {
        AllowedCpus = worker.AllowedCpus switch { First => "1", Second => "2", _ => "1-2" },
    };

    private static string Name(int worker) => $"worker-{worker}";
}
