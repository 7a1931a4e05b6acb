using System;

namespace Lamina.Svm;

/// <summary>Nested paging (AMD APM vol. 2, table B-1, offset 090h).</summary>
[Flags]
public enum NestedPagingControl : ulong
{
    /// <summary>NP_ENABLE.</summary>
    Enable = 1 << 0,
}
