using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection.PortableExecutable;

namespace Lamina.Auditor;

/// <summary>Looks through a linked image for what must not be in it. See docs/toolchain.md.</summary>
public static class ImageAuditor
{
    private static readonly string[] Allocators =
        ["RhpNewFast", "RhpNewArrayFast", "RhpNewPtrArrayFast", "RhpNewArray", "RhNewString", "RhNewObject", "Internal.Runtime.Allocator.*", "Internal.Runtime.Arena.Take"];

    // What the compiler calls in the place of a body that it could not make.
    private static readonly string[] Unresolved =
    [
        "*ThrowHelpers.ThrowTypeLoadException*", "*ThrowHelpers.ThrowMissing*", "*ThrowHelpers.ThrowFileNotFoundException*",
        "*ThrowHelpers.ThrowInvalidProgramException*", "*ThrowHelpers.ThrowFeatureBodyRemoved*", "*ThrowHelpers.ThrowBadImageFormatException*",
        "*ThrowHelpers.ThrowMarshalDirectiveException*", "*ThrowHelpers.ThrowAmbiguousMatchException*",
    ];

    /// <summary>Looks through an image.</summary>
    /// <param name="bytes">The image, as linked or finished.</param>
    /// <param name="symbols">All its symbols.</param>
    /// <param name="reviewed">What a person has judged.</param>
    public static AuditResult Audit(byte[] bytes, IReadOnlyList<AuditSymbol> symbols, Reviewed reviewed)
    {
        var image = new AuditedImage(bytes);
        var offences = new List<Offence>();
        foreach (SectionHeader section in image.CodeSections.Where(section => (section.SectionCharacteristics & SectionCharacteristics.MemWrite) != 0))
            offences.Add(new Offence(OffenceKind.WritableCode, section.Name, "the section is both writable and executable"));

        Function[] functions = Functions(image, symbols, reviewed);
        var reader = new FunctionReader(image, UnwindFrames.Read(image), offences);
        foreach (Function function in functions)
            reader.Read(function);
        _ = new CallGraph(image, symbols, functions, reviewed);

        List<string> report =
        [
            string.Create(CultureInfo.InvariantCulture, $"audit    {functions.Length:N0} functions, {reader.InstructionCount:N0} instructions, {functions.Sum(function => function.Length):N0} bytes"),
        ];
        bool Ends(Function function) => reviewed.Ends.Any(end => end.Matches(function.Name));
        CheckResolved(functions, offences);
        CheckExitWay(functions, reviewed, Ends, offences, report);
        CheckStacks(functions, reviewed, Ends, offences, report);
        return new AuditResult(offences, report);
    }

    /// <summary>Every symbol in the code, up to the next one.</summary>
    private static Function[] Functions(AuditedImage image, IReadOnlyList<AuditSymbol> symbols, Reviewed reviewed)
    {
        var functions = new List<Function>();
        foreach (SectionHeader section in image.CodeSections)
        {
            uint start = (uint)section.VirtualAddress;
            uint end = start + (uint)Math.Min(section.VirtualSize, section.SizeOfRawData);
            AuditSymbol[] inside = symbols.Where(symbol => symbol.Rva >= start && symbol.Rva < end).OrderBy(symbol => symbol.Rva).DistinctBy(symbol => symbol.Rva).ToArray();
            for (int i = 0; i < inside.Length; i++)
            {
                uint next = i + 1 < inside.Length ? inside[i + 1].Rva : end;
                if (!reviewed.NotCode.Any(item => item.Matches(inside[i].Name)))
                    functions.Add(new Function(inside[i].Name, inside[i].Rva, (int)(next - inside[i].Rva)));
            }
        }

        return [.. functions];
    }

    private static void CheckResolved(Function[] functions, List<Offence> offences)
    {
        foreach (Function function in functions.Where(function => !IsAny(Unresolved, function)))
        {
            foreach (Function callee in function.Callees.Where(callee => IsAny(Unresolved, callee)))
                offences.Add(new Offence(OffenceKind.AlwaysThrows, function.Name, $"its body is a call of {callee.Name}"));
        }
    }

    private static void CheckExitWay(Function[] functions, Reviewed reviewed, Predicate<Function> ends, List<Offence> offences, List<string> report)
    {
        foreach (ReviewedItem item in reviewed.ExitRoots)
        {
            Function[] roots = functions.Where(function => item.Matches(function.Name)).ToArray();
            if (roots.Length == 0)
                report.Add($"exit way the image has no {item.Name}: no exit is handled in it");
            foreach (Function root in roots)
            {
                Dictionary<Function, Function?> reached = CallGraph.Reach(root, ends);
                foreach (Function function in reached.Keys.Where(function => IsAny(Allocators, function) && !IsAny(Allocators, reached[function])))
                    offences.Add(new Offence(OffenceKind.AllocationOnExitWay, root.Name, $"reaches an allocation: {Way(reached, function)}"));
                foreach (Function function in reached.Keys.Where(function => function.CallsInterface && !ends(function)))
                    offences.Add(new Offence(OffenceKind.InterfaceCallOnExitWay, root.Name, $"reaches an interface call: {Way(reached, function)}"));
                report.Add(string.Create(CultureInfo.InvariantCulture, $"exit way {reached.Count:N0} functions reachable from {root.Name}"));
            }
        }
    }

    private static void CheckStacks(Function[] functions, Reviewed reviewed, Predicate<Function> ends, List<Offence> offences, List<string> report)
    {
        var depths = new StackDepth(reviewed, ends, offences);
        foreach (ReviewedItem item in reviewed.Stacks)
        {
            foreach (Function entry in Find(functions, item, offences))
            {
                int depth = depths.Of(entry);
                report.Add(string.Create(CultureInfo.InvariantCulture, $"stack    {depth:N0} of {item.Bytes:N0} bytes below {entry.Name}"));
                if (depth > item.Bytes)
                    offences.Add(new Offence(OffenceKind.StackTooDeep, entry.Name, string.Create(CultureInfo.InvariantCulture, $"needs {depth:N0} bytes of a stack of {item.Bytes:N0}")));
            }
        }
    }

    private static Function[] Find(Function[] functions, ReviewedItem item, List<Offence> offences)
    {
        Function[] found = functions.Where(function => item.Matches(function.Name)).ToArray();
        if (found.Length == 0)
            offences.Add(new Offence(OffenceKind.MissingFunction, item.Name, "reviewed.yaml names it, and the image has no such function"));
        return found;
    }

    private static bool IsAny(string[] patterns, Function? function) => function != null && patterns.Any(pattern => Pattern.Matches(pattern, function.Name));

    private static string Way(Dictionary<Function, Function?> from, Function to)
    {
        var way = new List<string>();
        for (Function? function = to; function != null; function = from[function])
            way.Insert(0, function.Name);
        return string.Join(" > ", way);
    }
}
