using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Lamina.Host;

namespace Lamina.ImageBuilder;

/// <summary>Writes what <see cref="FunctionNames"/> reads.</summary>
internal static class FunctionNameTable
{
    /// <summary>The content of the section .names.</summary>
    internal static byte[] Write(IEnumerable<LinkSymbol> functions)
    {
        LinkSymbol[] sorted = functions.OrderBy(function => function.Rva).ToArray();
        byte[][] names = sorted.Select(function => Encoding.UTF8.GetBytes(ReadableName(function.Name))).ToArray();

        int tableSize = FunctionNames.HeaderSize + (sorted.Length * FunctionNames.EntrySize);
        byte[] section = new byte[tableSize + names.Sum(name => name.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(section, FunctionNames.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(section.AsSpan(FunctionNames.CountOffset), (uint)sorted.Length);
        int end = tableSize;
        for (int i = 0; i < sorted.Length; i++)
        {
            names[i].CopyTo(section, end);
            end += names[i].Length;
            Span<byte> entry = section.AsSpan(FunctionNames.HeaderSize + (i * FunctionNames.EntrySize), FunctionNames.EntrySize);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, sorted[i].Rva);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[FunctionNames.NameEndOffset..], (uint)end);
        }

        return section;
    }

    /// <summary>
    /// Namespace.Type.Method from the compiler's Assembly_Namespace_Type__Method. An underscore of the source cannot be told from a
    /// dot; our own names have none.
    /// </summary>
    internal static string ReadableName(string symbol)
    {
        int separator = symbol.IndexOf("__", StringComparison.Ordinal);
        if (separator <= 0)
            return symbol;

        string type = symbol[..separator].Replace('_', '.');
        string method = symbol[(separator + 2)..];
        // The assembly's name comes first: the rooms' namespaces begin with Lamina, the corelib's with System or Internal.
        foreach (string start in (string[])["Lamina.", "System.", "Internal.", "Iced."])
        {
            int index = type.IndexOf(start, StringComparison.Ordinal);
            if (index > 0 && type[index - 1] == '.')
                return type[index..] + "." + method;
        }

        return type + "." + method;
    }
}
