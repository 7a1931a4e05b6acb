using System.Collections.Generic;
using System.Globalization;
using Lamina.Core;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>When a VM starts, counts as ready and starts again, and what it gets of the CPU.</summary>
internal sealed partial class VmCompiler
{
    private const uint DefaultReadyWithinMilliseconds = 120_000;
    private const ulong NoCap = 0;
    private static readonly string[] Restarts = ["never", "on-failure", "always"];
    private static readonly string[] Readies = ["started", "told"];
    private static readonly string WeightAllowed = $"{ManifestRules.MinWeight} to {ManifestRules.MaxWeight} are allowed; others that say nothing have 100";
    private static readonly string CapAllowed = $"1% to {ManifestRules.MaxCapPercent}% of a CPU for each of its CPUs are allowed, or none";

    private static readonly string CpusThatMayBeAllowed =
        $"a CPU's number, 0 to {CpuSet.NamedCpus - 1}, or a range of them is needed, written like 2 or 0-3, or a list of such, [0, 2-3]";

    private static readonly string ReadyWithinAllowed =
        TimesAllowed(ManifestRules.MinReadyWithinMilliseconds, ManifestRules.MaxReadyWithinMilliseconds, "90s");

    private static readonly string BackOffAllowed = TimesAllowed(ManifestRules.MinBackOffMilliseconds, ManifestRules.MaxBackOffMilliseconds, "2s");
    private const string AfterAllowed = "the name of another VM, or a list of names, is needed";

    private VmSpecification ReadLife(MappingReader vm, VmSpecification specification)
    {
        ulong? weight = vm.Number("weight", vm.Optional("weight"), WeightAllowed, ManifestRules.MinWeight, ManifestRules.MaxWeight);
        ulong? cap = vm.Quantity("cap", vm.Optional("cap"), CapAllowed, TryParseCap, value => value <= ManifestRules.MaxCapPercent);
        var ready = (ReadyKind)(vm.Word("ready", vm.Optional("ready"), Readies) ?? (int)ReadyKind.Started);
        ulong? within = vm.Quantity(
            "ready-within", vm.Optional("ready-within"), ReadyWithinAllowed, Duration.TryParse,
            value => value is >= ManifestRules.MinReadyWithinMilliseconds and <= ManifestRules.MaxReadyWithinMilliseconds);
        if (ready == ReadyKind.Started && vm.Has("ready-within"))
            vm.Error("ready-within", "is for a VM that says itself when it is ready; it is allowed with 'ready: told'");
        var restart = (RestartPolicy)(vm.Word("restart", vm.Optional("restart"), Restarts) ?? (int)RestartPolicy.Never);
        ulong? backOff = vm.Quantity(
            "back-off", vm.Optional("back-off"), BackOffAllowed, Duration.TryParse,
            value => value is >= ManifestRules.MinBackOffMilliseconds and <= ManifestRules.MaxBackOffMilliseconds);
        if (restart == RestartPolicy.Never && vm.Has("back-off"))
            vm.Error("back-off", "is for a VM that starts again; it is allowed with 'restart: on-failure' and 'restart: always'");
        return specification with
        {
            Weight = (uint)(weight ?? specification.Weight),
            CapPercent = (uint)(cap ?? NoCap),
            AllowedCpus = ReadAllowedCpus(vm),
            Ready = ready,
            ReadyWithinMilliseconds = ready == ReadyKind.Told ? (uint)(within ?? DefaultReadyWithinMilliseconds) : 0,
            Restart = restart,
            BackOffMilliseconds = (uint)(backOff ?? specification.BackOffMilliseconds),
        };
    }

    private CpuSet ReadAllowedCpus(MappingReader vm)
    {
        if (!vm.Has("allowed-cpus"))
            return CpuSet.All;
        if (vm.Optional("allowed-cpus") is YamlSequence { Items.Count: 0 })
            vm.Error("allowed-cpus", $"is an empty list; {CpusThatMayBeAllowed}");
        ulong cpus = 0;
        foreach ((YamlValue value, string where) in vm.Entries("allowed-cpus", CpuSet.NamedCpus, CpusThatMayBeAllowed))
            cpus |= MappingReader.Quantity(value, where, CpusThatMayBeAllowed, CpuRange.TryParse, range => range != 0, errors) ?? 0;
        return new CpuSet(cpus);
    }

    private List<(string Name, YamlValue Place, string Path)> ReadAfter(MappingReader vm)
    {
        var others = new List<(string Name, YamlValue Place, string Path)>();
        foreach ((YamlValue value, string where) in vm.Entries("after", ManifestRules.MaxVms - 1, AfterAllowed))
        {
            string? name = MappingReader.Text(value, where, AfterAllowed, errors);
            if (name is null)
                continue;
            if (others.Exists(known => known.Name == name))
                errors.Add(value, where, $"is '{name}', which comes twice; each VM is allowed once");
            else
                others.Add((name, value, where));
        }

        return others;
    }

    /// <summary>Reads "50%", or "none", which is 0.</summary>
    private static bool TryParseCap(string text, out ulong percent)
    {
        percent = NoCap;
        return text == "none" || (text.EndsWith('%')
            && ulong.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out percent) && percent != NoCap);
    }

    private static string TimesAllowed(ulong least, ulong most, string example) =>
        $"{Duration.Format(least)} to {Duration.Format(most)} are allowed, written like {example} (ms, s, m and h)";
}
