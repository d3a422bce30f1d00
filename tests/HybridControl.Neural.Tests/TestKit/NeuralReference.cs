using HybridControl.Neural.Safetensors;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Golden vectors of one architecture: its weights, and inputs with the outputs that they must give.</summary>
/// <param name="Folder">Where its files are.</param>
/// <param name="Model">Weights.</param>
/// <param name="Data">Inputs and expected outputs.</param>
internal sealed record NeuralReference(string Folder, SafetensorsFile Model, SafetensorsFile Data)
{
    /// <summary>The vectors of a folder under <c>neural</c>.</summary>
    public static NeuralReference Load(string name)
    {
        string folder = Path.Combine(ReferenceData.Folder, "neural", name);
        return new(folder, SafetensorsFile.Load(Path.Combine(folder, "model.safetensors")), SafetensorsFile.Load(Path.Combine(folder, "io.safetensors")));
    }

    /// <summary>Entries of a tensor of <see cref="Data"/>.</summary>
    public double[] this[string name]
    {
        get
        {
            SafetensorsEntry tensor = Data.Find(name)!;
            var values = new double[tensor.Count];
            Data.CopyTo(tensor, values);
            return values;
        }
    }
}
