namespace HybridControl.Solvers;

/// <summary>Checks the shape of coefficients, where they are written down.</summary>
internal static class TableauCheck
{
    /// <summary>Refuses rows of stages 2 to s that do not stand below a diagonal.</summary>
    /// <param name="rows">The rows; that of stage i belongs to the i - 1 stages before it.</param>
    /// <param name="before">Stages before the first row.</param>
    /// <param name="name">The argument.</param>
    /// <exception cref="ArgumentException">A row has another length, or zeros only.</exception>
    public static void Rows(double[][] rows, int before, string name)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Length != before + i)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"Row {i + 1} has {rows[i].Length} entries. Give one for each of the {before + i} stages before it."), name);
            }

            if (Array.TrueForAll(rows[i], entry => entry == 0.0))
            {
                throw new ArgumentException(FormattableString.Invariant($"Row {i + 1} has zeros only. A stage depends on a stage before it."), name);
            }
        }
    }

    /// <summary>Refuses weights that are not one for each stage.</summary>
    /// <exception cref="ArgumentException">The number is another.</exception>
    public static void Weights(IReadOnlyCollection<double> weights, int stages, string name)
    {
        if (weights.Count != stages)
        {
            throw new ArgumentException(FormattableString.Invariant($"{weights.Count} weights for {stages} stages. Give one for each."), name);
        }
    }
}
