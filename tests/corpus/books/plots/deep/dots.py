import matplotlib.pyplot as plt

plt.figure(figsize=(1, 1))
plt.scatter([0], [1])
