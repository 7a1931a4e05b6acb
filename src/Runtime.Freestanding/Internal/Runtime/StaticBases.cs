using System;
using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>Makes the objects that hold the statics which are references; before this has run, no such static may be touched.</summary>
internal static unsafe class StaticBases
{
    private const int GCStaticRegionSection = 201;
    private const nint Uninitialized = 1;
    private const nint HasPreinitializedData = 2;
    private const nint Mask = Uninitialized | HasPreinitializedData;

    /// <summary>Walks the modules between two linker-made marks; needs an arena.</summary>
    internal static void Initialize(ReadyToRunHeader** first, ReadyToRunHeader** end)
    {
        for (ReadyToRunHeader** module = first; module < end; module++)
        {
            // The linker pads between the pieces of the section.
            if (*module != null)
            {
                InitializeModule(*module);
            }
        }
    }

    private static void InitializeModule(ReadyToRunHeader* header)
    {
        ModuleInfoRow* rows = (ModuleInfoRow*)(header + 1);
        for (int i = 0; i < header->SectionCount; i++)
        {
            if (rows[i].Section != GCStaticRegionSection)
            {
                continue;
            }

            for (int* block = (int*)rows[i].Start; block < (int*)rows[i].End; block++)
            {
                InitializeBase((nint*)MethodTable.Follow(block));
            }
        }
    }

    /// <summary>
    /// A static base is, until now, a 32-bit self-relative pointer to its method table with flags in the low bits, and another to what
    /// its fields hold from the start; from now on it is the reference to the object.
    /// </summary>
    private static void InitializeBase(nint* staticBase)
    {
        nint type = (nint)MethodTable.Follow((int*)staticBase);
        if ((type & Uninitialized) == 0)
        {
            return;
        }

        MethodTable* methodTable = (MethodTable*)(type & ~Mask);
        nint* instance = (nint*)Allocator.New(methodTable);
        if ((type & HasPreinitializedData) != 0)
        {
            byte* data = (byte*)MethodTable.Follow((int*)staticBase + 1);
            // Base size = header + method table pointer + fields.
            uint size = methodTable->BaseSize - (2 * (uint)sizeof(nint));
            SpanHelpers.Memmove(ref *(byte*)(instance + 1), ref *data, size);
        }

        *staticBase = (nint)instance;
    }
}
