using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Lamina.Auditor;

namespace Lamina.ImageBuilder;

/// <summary>Makes an image: see docs/toolchain.md for the way from C# to it.</summary>
public static class ImageBuilder
{
    /// <summary>Builds an image, or finds that it is there already.</summary>
    /// <param name="options">What to build.</param>
    /// <param name="progress">Is told of each step.</param>
    /// <exception cref="BuildException">A step failed; the message shows what the tool said.</exception>
    public static BuildResult Build(BuildOptions options, IProgress<string>? progress = null)
    {
        Directory.CreateDirectory(options.IntermediateDirectory);
        InputKey key = InputKey.Of(options);
        if (key.Matches(options))
            return Result(options, File.ReadAllText(ReportPath(options)), wasUpToDate: true);

        progress?.Report("compiling the rooms");
        string corelib = DotNet.Build(options.Root, ImageRecipe.Corelib);
        string application = DotNet.Build(options.Root, options.Recipe.Project);

        progress?.Report("compiling to machine code");
        string managed = Ilc.Compile(options, corelib, application);
        byte[] compiled = File.ReadAllBytes(managed);
        ManagedObject.Trim(compiled);
        File.WriteAllBytes(managed, compiled);

        progress?.Report("assembling");
        IReadOnlyList<string> objects = [managed, .. Nasm.AssembleAll(options)];

        progress?.Report("linking");
        string linked = Linker.Link(options, objects);

        progress?.Report("finishing");
        LinkMap map = LinkMap.Parse(File.ReadLines(options.MapPath));
        byte[] image = Finisher.Finish(File.ReadAllBytes(linked), map.Find(Linker.EmptyRelocations).Rva);
        File.WriteAllBytes(options.ImagePath, image);
        string report = ImageReport.Of(image) + Audit(options, image, map, progress);
        File.WriteAllText(ReportPath(options), report);
        key.Save(options);
        return Result(options, report, wasUpToDate: false);
    }

    /// <summary>Compiles all of the rooms, reached from the entry or not, so that what the corelib lacks shows early.</summary>
    /// <param name="options">What to compile.</param>
    /// <exception cref="BuildException">Something is lacking.</exception>
    public static void CompileEverything(BuildOptions options)
    {
        Directory.CreateDirectory(options.IntermediateDirectory);
        string corelib = DotNet.Build(options.Root, ImageRecipe.Corelib);
        string application = DotNet.Build(options.Root, options.Recipe.Project);
        Ilc.Compile(options, corelib, application, everything: true);
    }

    /// <summary>What the auditor counted.</summary>
    private static string Audit(BuildOptions options, byte[] image, LinkMap map, IProgress<string>? progress)
    {
        if (options.Recipe.ReviewedFile == null)
            return "";

        progress?.Report("auditing");
        Reviewed reviewed = Reviewed.Read(Path.Combine(options.Root, options.Recipe.ReviewedFile));
        AuditSymbol[] symbols = map.Symbols.Select(symbol => new AuditSymbol(FunctionNameTable.ReadableName(symbol.Name), symbol.Rva)).ToArray();
        AuditResult audit = ImageAuditor.Audit(image, symbols, reviewed);
        return audit.Offences.Count == 0
            ? string.Concat(audit.Report.Select(line => line + "\n"))
            : throw new BuildException($"the auditor found what must not be in the image:\n{string.Join('\n', audit.Offences)}");
    }

    private static string ReportPath(BuildOptions options) => Path.Combine(options.IntermediateDirectory, "report.txt");

    private static BuildResult Result(BuildOptions options, string report, bool wasUpToDate)
    {
        byte[] image = File.ReadAllBytes(options.ImagePath);
        return new BuildResult(options.ImagePath, options.MapPath, image.Length, PeImage.Parse(image).NamesSize, report, wasUpToDate);
    }
}
