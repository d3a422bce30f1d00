using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends;

/// <summary>Refuses operands whose shapes do not fit: a mistake of a layer, not of a user.</summary>
public static partial class OperandCheck
{
    /// <summary>A view of exactly so many rows and columns.</summary>
    public static void Shape(TensorView view, int rows, int columns)
    {
        if (view.Rows != rows || view.Columns != columns)
        {
            throw new ArgumentException($"A view of {rows} x {columns} is expected, not one of {view.Rows} x {view.Columns}.", nameof(view));
        }
    }

    /// <summary>A view that is left out, or of exactly so many rows and columns.</summary>
    public static void OptionalShape(TensorView view, int rows, int columns)
    {
        if (!view.IsEmpty)
        {
            Shape(view, rows, columns);
        }
    }

    /// <summary>Two views of one shape.</summary>
    public static void SameShape(TensorView a, TensorView b) => Shape(b, a.Rows, a.Columns);

    /// <summary>As many numbers as a view has entries.</summary>
    public static void Length(int length, TensorView view)
    {
        if (length != view.Count)
        {
            throw new ArgumentException($"{view.Count} numbers are expected for a view of {view.Rows} x {view.Columns}, not {length}.", nameof(length));
        }
    }
}
