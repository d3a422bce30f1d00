namespace HybridControl.Neural.Safetensors;

/// <summary>Names and sizes of the number formats.</summary>
internal static class TensorTypes
{
    /// <summary>Names that a header may hold.</summary>
    public static IEnumerable<string> Names => Enum.GetValues<TensorType>().Select(NameOf);

    /// <summary>How a header calls a format.</summary>
    public static string NameOf(TensorType type) => type == TensorType.Bool ? "BOOL" : type.ToString();

    /// <summary>The format of a name, in capitals as the format demands.</summary>
    public static TensorType? Find(string? name)
    {
        foreach (TensorType type in Enum.GetValues<TensorType>())
        {
            if (NameOf(type) == name)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 or TensorType.U64 => 8,
        TensorType.F32 or TensorType.I32 or TensorType.U32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => 2,
        _ => 1,
    };

    /// <summary>Whether its numbers are whole and fit 64 bits with sign.</summary>
    public static bool IsWhole(TensorType type) =>
        type is not (TensorType.F64 or TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.U64);
}
