namespace HybridControl.Neural.Safetensors;

/// <summary>Number formats of tensors in a file.</summary>
public enum TensorType
{
    /// <summary>Double precision.</summary>
    F64,

    /// <summary>Single precision.</summary>
    F32,

    /// <summary>Half precision of IEEE 754.</summary>
    F16,

    /// <summary>The upper half of a single-precision number.</summary>
    BF16,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}
