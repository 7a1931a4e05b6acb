using System.Collections.Immutable;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Lamina.ImageBuilder;

/// <summary>
/// Writes the facades. A room says "System.Span`1 of System.Runtime", as it was compiled against .NET's reference assemblies; the
/// facade named System.Runtime says "that is in Runtime.Freestanding". Each facade forwards every public type of the corelib, so
/// there is no list to keep: what the corelib has is found, whatever assembly the reference named, and what it lacks the compiler
/// reports.
/// </summary>
public static class FacadeWriter
{
    /// <summary>Writes a facade for every assembly that the given ones refer to and that is not among them.</summary>
    /// <param name="corelib">The corelib's path.</param>
    /// <param name="assemblies">Paths of the assemblies that are to be linked, the corelib not among them.</param>
    /// <param name="directory">Where to put the facades.</param>
    /// <returns>The facades' paths, sorted.</returns>
    public static IReadOnlyList<string> Write(string corelib, IEnumerable<string> assemblies, string directory)
    {
        var present = new HashSet<string>(StringComparer.Ordinal) { Path.GetFileNameWithoutExtension(corelib) };
        var wanted = new SortedDictionary<string, AssemblyName>(StringComparer.Ordinal);
        foreach (string assembly in assemblies)
        {
            using var image = new PEReader(File.OpenRead(assembly));
            MetadataReader reader = image.GetMetadataReader();
            present.Add(reader.GetString(reader.GetAssemblyDefinition().Name));
            foreach (AssemblyReferenceHandle handle in reader.AssemblyReferences)
            {
                AssemblyName name = reader.GetAssemblyReference(handle).GetAssemblyName();
                wanted[name.Name!] = name;
            }
        }

        ImmutableArray<(string Namespace, string Name)> types = PublicTypes(corelib);
        var facades = new List<string>();
        foreach (AssemblyName name in wanted.Values.Where(name => !present.Contains(name.Name!)))
        {
            string path = Path.Combine(directory, name.Name + ".dll");
            File.WriteAllBytes(path, Facade(name, Path.GetFileNameWithoutExtension(corelib), types));
            facades.Add(path);
        }

        return facades;
    }

    private static ImmutableArray<(string Namespace, string Name)> PublicTypes(string corelib)
    {
        using var image = new PEReader(File.OpenRead(corelib));
        MetadataReader reader = image.GetMetadataReader();
        return
        [
            .. reader.TypeDefinitions
                .Select(reader.GetTypeDefinition)
                .Where(type => (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public)
                .Select(type => (reader.GetString(type.Namespace), reader.GetString(type.Name)))
                .OrderBy(type => type, Comparer<(string, string)>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))),
        ];
    }

    private static byte[] Facade(AssemblyName name, string corelib, ImmutableArray<(string Namespace, string Name)> types)
    {
        var metadata = new MetadataBuilder();
        // The public key token stands for the key: the compiler looks references up by name.
        metadata.AddAssembly(
            metadata.GetOrAddString(name.Name!), name.Version!, default, default, default, AssemblyHashAlgorithm.Sha1);
        Guid moduleVersion = Guid.Empty;
        metadata.AddModule(0, metadata.GetOrAddString(name.Name + ".dll"), metadata.GetOrAddGuid(moduleVersion), default, default);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        AssemblyReferenceHandle target = metadata.AddAssemblyReference(
            metadata.GetOrAddString(corelib), new Version(0, 0, 0, 0), default, default, default, default);
        const TypeAttributes Forwarder = (TypeAttributes)0x00200000;
        foreach ((string space, string type) in types)
        {
            metadata.AddExportedType(Forwarder, metadata.GetOrAddString(space), metadata.GetOrAddString(type), target, 0);
        }

        var builder = new ManagedPEBuilder(
            PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), new BlobBuilder(),
            deterministicIdProvider: _ => new BlobContentId(moduleVersion, 1));
        var blob = new BlobBuilder();
        builder.Serialize(blob);
        return blob.ToArray();
    }
}
