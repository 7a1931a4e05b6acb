namespace Lamina.Core;

/// <summary>ICR bits 18 and 19: whom an interprocessor interrupt is for (AMD APM vol. 2, 16.5; Intel SDM vol. 3, 11.6.1).</summary>
public enum InterruptShorthand : byte
{
    /// <summary>The destination field says it.</summary>
    None,
    /// <summary>The sender alone.</summary>
    Self,
    /// <summary>All, the sender included.</summary>
    All,
    /// <summary>All but the sender.</summary>
    Others,
}
