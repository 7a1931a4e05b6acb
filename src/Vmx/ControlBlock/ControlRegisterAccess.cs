namespace Lamina.Vmx;

/// <summary>How a control register is accessed (Intel SDM vol. 3, table 28-3, bits 4 and 5).</summary>
public enum ControlRegisterAccess : byte
{
    /// <summary>MOV to CR.</summary>
    MoveTo = 0,
    /// <summary>MOV from CR.</summary>
    MoveFrom = 1,
    /// <summary>CLTS.</summary>
    Clts = 2,
    /// <summary>LMSW.</summary>
    Lmsw = 3,
}
