namespace Internal.Runtime;

/// <summary>How a generic parameter varies.</summary>
internal enum GenericVariance : byte
{
    None = 0,
    Covariant = 1,
    Contravariant = 2,
}
