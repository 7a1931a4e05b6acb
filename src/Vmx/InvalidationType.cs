namespace Lamina.Vmx;

/// <summary>How far INVEPT and INVVPID reach (Intel SDM vol. 3, chapter 31, tables of the two).</summary>
internal enum InvalidationType : ulong
{
    /// <summary>One EPT pointer's, or one VPID's, translations.</summary>
    SingleContext = 1,
    /// <summary>Those of all.</summary>
    All = 2,
}
